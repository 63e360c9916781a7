/** What only a whole YAML reader can tell the meaning of. Carries nothing: the text is read again. */
export class Unusual extends Error {}

const SPACE = 0x20;

/** The lines of a text one after the other; a blank one among them is unusual. */
export class Lines {
  readonly text: string;
  /** Of the first character that is no blank. */
  at = 0;
  /** Behind the last character of the line. */
  end = -1;
  /** Blanks in front; -1 behind the last line. */
  indent = 0;

  constructor(text: string) {
    this.text = text;
    this.next();
  }

  next(): void {
    this.#lookAt(this.end + 1);
    if (this.at < this.end) return;
    if (/[^ \n]/.test(this.text.slice(this.end))) throw new Unusual();
    this.indent = -1;
  }

  /** The lines of a block that is indented deeper than that, without their own indentation. */
  block(outer: number): string[] {
    this.#lookAt(this.end + 1);
    const { indent } = this;
    if (indent <= outer) throw new Unusual();
    const lines: string[] = [];
    while (this.at >= this.end || this.indent >= indent) {
      // Whether blanks alone belong to the text is for others to say.
      if (this.at >= this.end && this.indent > 0) throw new Unusual();
      lines.push(this.text.slice(Math.min(this.at - this.indent + indent, this.end), this.end));
      if (this.end + 1 >= this.text.length) {
        this.indent = -1;
        return lines;
      }
      this.#lookAt(this.end + 1);
    }
    if (this.indent > outer) throw new Unusual();
    return lines;
  }

  #lookAt(start: number): void {
    const stop = this.text.indexOf("\n", start);
    this.end = stop < 0 ? this.text.length : stop;
    this.at = start;
    while (this.at < this.end && this.text.charCodeAt(this.at) === SPACE) this.at++;
    this.indent = this.at - start;
  }
}
