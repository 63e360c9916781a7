import { readFile } from "node:fs/promises";
import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { KubeError } from "./kube-error.ts";

/** The parts of a kubeconfig that a login needs, as client-node names them. */
export interface Login {
  readonly cluster: {
    readonly server: string;
    readonly caData?: string;
    readonly caFile?: string;
    readonly skipTLSVerify: boolean;
    readonly tlsServerName?: string;
    readonly proxyUrl?: string;
  };
  readonly user: {
    readonly name: string;
    readonly certData?: string;
    readonly certFile?: string;
    readonly keyData?: string;
    readonly keyFile?: string;
    readonly token?: string;
    readonly username?: string;
    readonly password?: string;
    readonly impersonateUser?: string;
    readonly exec?: unknown;
    readonly authProvider?: unknown;
  };
  readonly namespace: string | undefined;
}

interface Authenticator<U> {
  isAuthProvider(user: U): boolean;
  applyAuthentication(user: U, options: RequestOptions): Promise<void>;
}

/** What client-node contributes, loaded only when a login needs it. */
export interface LoginMethods<L extends Login> {
  load(): Promise<L>;
  execAuth(): Promise<Authenticator<L["user"]>>;
  fileAuth(): Promise<Authenticator<L["user"]>>;
  fullConfig(login: L): Promise<{ applyToHTTPSOptions(options: RequestOptions): Promise<void> }>;
}

/** Options for one request. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Pick<
    RequestOptions,
    "ca" | "cert" | "key" | "servername" | "rejectUnauthorized" | "auth"
  >;
  /** Replaces the connection's own agent: a proxy. */
  readonly agent: Agent | undefined;
}

/** What a connection needs of a login. */
export interface RequestCredentials {
  readonly server: URL;
  readonly namespace: string | undefined;
  authorize(): Promise<Authorization>;
  reset(): Promise<void>;
}

type Apply = (options: RequestOptions) => Promise<void>;

/** Credentials of one login. Files are read again for each request, so a rotation needs no restart. */
export class Credentials<L extends Login> implements RequestCredentials {
  readonly server: URL;
  readonly namespace: string | undefined;
  readonly #methods: LoginMethods<L>;
  #login: L;
  #apply: Apply | undefined;

  constructor(login: L, methods: LoginMethods<L>) {
    this.#login = login;
    this.#methods = methods;
    this.namespace = login.namespace;
    if (!URL.canParse(login.cluster.server)) {
      throw new KubeError(
        "kubeconfig",
        `${login.cluster.server} is not a URL; correct cluster.server in the kubeconfig`,
      );
    }
    this.server = new URL(login.cluster.server);
  }

  /** Throws KubeError `unauthorized` when a login plugin or a file fails. */
  async authorize(): Promise<Authorization> {
    const options: RequestOptions = { headers: {} };
    try {
      this.#apply ??= await this.#chooseMethod();
      await this.#apply(options);
    } catch (cause) {
      throw new KubeError(
        "unauthorized",
        `login to ${this.server.origin} failed (${(cause as Error).message.trim()}); check the credentials of user ${this.#login.user.name}`,
        { cause },
      );
    }
    const { headers, agent, ca, cert, key, servername, rejectUnauthorized, auth } = options;
    return {
      headers: trimmed(headers),
      tls: defined({ ca, cert, key, servername, rejectUnauthorized, auth }),
      agent: agent instanceof Object && this.#needsFullConfig() ? agent : undefined,
    };
  }

  /** Forgets cached tokens and reads the login again: the server refused what we sent. */
  async reset(): Promise<void> {
    this.#apply = undefined;
    this.#login = await this.#methods.load().catch(() => this.#login);
  }

  async #chooseMethod(): Promise<Apply> {
    const login = this.#login;
    const { user } = login;
    if (this.#needsFullConfig()) {
      const config = await this.#methods.fullConfig(login);
      return (options) => config.applyToHTTPSOptions(options);
    }
    const plugin = await this.#plugin();
    return async (options) => {
      await applyFiles(login, options);
      await plugin?.applyAuthentication(user, options);
    };
  }

  async #plugin(): Promise<Authenticator<L["user"]> | undefined> {
    if (this.#login.user.exec) return this.#methods.execAuth();
    return this.#login.user.authProvider ? this.#methods.fileAuth() : undefined;
  }

  #needsFullConfig(): boolean {
    const { cluster, user } = this.#login;
    const provider = user.authProvider as { name?: unknown } | undefined | null;
    return Boolean(cluster.proxyUrl) || (Boolean(provider) && provider?.name !== "tokenFile");
  }
}

async function applyFiles({ cluster, user }: Login, options: RequestOptions): Promise<void> {
  const headers = options.headers as Record<string, string>;
  const [ca, cert, key] = await Promise.all([
    fileOrData(cluster.caFile, cluster.caData),
    fileOrData(user.certFile, user.certData),
    fileOrData(user.keyFile, user.keyData),
  ]);
  Object.assign(options, defined({ ca, cert, key, servername: cluster.tlsServerName }));
  if (cluster.skipTLSVerify) options.rejectUnauthorized = false;
  if (user.username) options.auth = `${user.username}:${user.password ?? ""}`;
  if (user.token) headers["Authorization"] = `Bearer ${user.token.trim()}`;
  if (user.impersonateUser) headers["Impersonate-User"] = user.impersonateUser;
}

async function fileOrData(file?: string, data?: string): Promise<string | undefined> {
  // As for kubectl, embedded data wins over a file.
  if (data) return Buffer.from(data, "base64").toString("utf8");
  return file ? readFile(file, "utf8") : undefined;
}

function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null),
  ) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** A token file that ends in a newline is common, and no legal header. */
function trimmed(headers: RequestOptions["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([key, value]) => [key, String(value).trim()]),
  );
}
