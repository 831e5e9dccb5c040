// The key / goes to the search box of a list.
import { searchBoxByKey } from "./keys.js";

searchBoxByKey();
