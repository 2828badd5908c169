// The page of photos, live.
import * as photo from "./photo.js";
import "./pages.js";

photo.start();
