import { byKustomize } from "../support/installation.ts";
import { outcomeTests } from "./outcomes.ts";

outcomeTests(byKustomize);
