#!/usr/bin/env node
// Here before the build is: npm makes no command of a file that is not there yet.
import "../dist/main.js";
