import { outcomeTests } from "../admission/outcomes.ts";
import { byHelm } from "./release.ts";

outcomeTests(byHelm());
