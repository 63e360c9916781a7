import { Document, visit } from "yaml";

/** A Kubernetes object as people write it: short lists of words on one line, nothing aliased. */
export function yamlText(object: object): string {
  const document = new Document(object, { aliasDuplicateObjects: false });
  visit(document, {
    Seq: (_key, node) => {
      if (node.items.length <= 4 && node.items.every(isWord)) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function isWord(item: unknown): boolean {
  const { value } = item as { readonly value?: unknown };
  return typeof value === "string" && value.length < 40;
}
