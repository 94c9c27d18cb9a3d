export { type RecommenderContract, recommenderContract } from "./recommender-contract.ts";
