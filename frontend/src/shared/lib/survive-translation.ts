/** Keeps the page alive when a browser translates it (https://github.com/facebook/react/issues/11538). */

/**
 * Browsers that translate wrap every text node in an element of their own; React then asks a parent
 * to remove or insert beside a child it no longer has, which throws and empties the page. Such a call
 * is answered here by acting on the node where it now lies, or by leaving it.
 */
export function surviveTranslation(proto: Node = Node.prototype): void {
  const removeChild = proto.removeChild;
  proto.removeChild = function <T extends Node>(this: Node, child: T): T {
    if (child.parentNode === this) return removeChild.call(this, child) as T;
    const wrapper = child.parentNode;
    if (wrapper && wrapper.parentNode === this) removeChild.call(this, wrapper);
    return child;
  };
  const insertBefore = proto.insertBefore;
  proto.insertBefore = function <T extends Node>(this: Node, node: T, before: Node | null): T {
    if (!before || before.parentNode === this) return insertBefore.call(this, node, before) as T;
    const wrapper = before.parentNode;
    return insertBefore.call(this, node, wrapper?.parentNode === this ? wrapper : null) as T;
  };
}
