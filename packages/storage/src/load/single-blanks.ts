const tab = 9;
const newline = 10;
const carriageReturn = 13;
const space = 32;

/**
 * For files whose columns stand apart by any number of blanks (`196   242  3`, or two tabs): leaves one space
 * between two columns and none at the ends of a line. Line feeds stay where they are, so lines keep their numbers.
 *
 * @returns a function to call with one chunk of the file after the other; it remembers where the last one ended.
 */
export function singleBlanks(): (chunk: Uint8Array) => Uint8Array {
  let inLine = false; // something of this line was kept
  let blanks = false; // blanks came after it

  return (chunk) => {
    const kept = new Uint8Array(chunk.length + 1); // a blank of the chunk before may be due
    let length = 0;
    for (const byte of chunk) {
      if (byte === space || byte === tab) {
        blanks = inLine;
        continue;
      }
      const ends = byte === newline || byte === carriageReturn;
      if (blanks && !ends) kept[length++] = space;
      kept[length++] = byte;
      blanks = false;
      inLine = !ends;
    }
    return kept.subarray(0, length);
  };
}
