/** An image reference taken apart, defaults filled in: `nginx` is `docker.io/library/nginx:latest`. */
export interface Image {
  /** `docker.io`, `quay.io`, `host:5000`. */
  readonly registry: string;
  /** Path below the registry: `library/nginx`. */
  readonly repository: string;
  /** As written; undefined when there is none, then `latest` is what gets pulled. */
  readonly tag: string | undefined;
  /** `sha256:…`; wins over the tag. */
  readonly digest: string | undefined;
}

const DEFAULT_REGISTRY = "docker.io";
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * Reads a reference by the rules of github.com/distribution/reference: a first path element is a
 * registry if it holds a dot, a colon or an upper-case letter, or is `localhost`; a tag follows the
 * last colon behind the last slash. undefined for what no container runtime would take.
 */
export function parseImage(reference: string): Image | undefined {
  const text = reference.trim();
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const { path, tag } = splitTag(at < 0 ? text : text.slice(0, at));
  const { registry, repository } = splitRegistry(path);
  if (repository === "" || (digest !== undefined && !digest.includes(":"))) return undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  return { registry, repository, tag, digest };
}

/** Equal digests are the same image whatever it is called; else registry, path and tag decide. */
export function sameImage(left: string, right: string): boolean {
  if (left === right) return true;
  const one = parseImage(left);
  const other = parseImage(right);
  if (one === undefined || other === undefined) return false;
  if (one.digest !== undefined || other.digest !== undefined) return one.digest === other.digest;
  return (
    one.registry === other.registry &&
    one.repository === other.repository &&
    (one.tag ?? "latest") === (other.tag ?? "latest")
  );
}

/** `keycloak` of `quay.io/keycloak/keycloak:26.1`. */
export function lastPathSegment(image: Image): string {
  return image.repository.slice(image.repository.lastIndexOf("/") + 1);
}

function splitTag(text: string): { path: string; tag: string | undefined } {
  const colon = text.lastIndexOf(":");
  if (colon < 0 || colon < text.lastIndexOf("/")) return { path: text, tag: undefined };
  return { path: text.slice(0, colon), tag: text.slice(colon + 1) };
}

function splitRegistry(path: string): { registry: string; repository: string } {
  const slash = path.indexOf("/");
  const first = slash < 0 ? "" : path.slice(0, slash);
  if (!isRegistry(first)) return { registry: DEFAULT_REGISTRY, repository: officialPath(path) };
  const repository = path.slice(slash + 1);
  if (first !== "index.docker.io" && first !== DEFAULT_REGISTRY) {
    return { registry: first, repository };
  }
  return { registry: DEFAULT_REGISTRY, repository: officialPath(repository) };
}

function isRegistry(first: string): boolean {
  if (first === "") return false;
  return first === "localhost" || /[.:]/.test(first) || first !== first.toLowerCase();
}

function officialPath(repository: string): string {
  return repository === "" || repository.includes("/") ? repository : `library/${repository}`;
}

const host = "[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?/";
const segment = "[a-z0-9]+(?:[._-]+[a-z0-9]+)*";
const reference = new RegExp(
  `^(?:${host})?${segment}(?:/${segment})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,128})?$`,
);

/** An image for people; a field of this name may hold any text, and what is no reference stays out. */
export function shownImage(text: string): string {
  return text.length <= 512 && reference.test(text) ? text : "(no image reference)";
}
