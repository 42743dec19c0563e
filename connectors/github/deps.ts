import type { Clock, Log } from "../../src/domain/ports.ts";
import type { GithubClient } from "./client/index.ts";
import type { GithubSettings } from "./config.ts";
import type { Credential } from "../vendors/github/index.ts";
import type { Inside } from "./inside.ts";
import type { RepositoryList } from "./repository-list.ts";

/** What the functions of this connector work with: its session. */
export interface GithubDeps {
  github: GithubClient;
  credential: Credential;
  inside: Inside;
  repositories: RepositoryList;
  target: string;
  settings: GithubSettings;
  clock: Clock;
  log: Log;
}
