/**
 * Maps from whole numbers in [0, 2^30) that are never changed: `put` gives a new one, which shares all but one path with the
 * old. So a state of the verifier is kept by keeping a pointer, and where two ways meet, what they have in common is
 * found without looking at it. After Okasaki and Gill, Fast Mergeable Integer Maps: a binary tree that branches on the lowest bit
 * in which keys differ.
 */
export type Tree<T> = Node<T> | undefined;

type Node<T> = Leaf<T> | Branch<T>;

interface Leaf<T> {
  readonly leaf: true;
  readonly key: number;
  readonly value: T;
}

interface Branch<T> {
  readonly leaf: false;
  /** The bit that decides, a power of two; the keys below agree in all lower ones, which are those of `key`. */
  readonly bit: number;
  readonly key: number;
  readonly zero: Node<T>;
  readonly one: Node<T>;
}

export function get<T>(tree: Tree<T>, key: number): T | undefined {
  return leafOf(tree, key)?.value;
}

function leafOf<T>(tree: Tree<T>, key: number): Leaf<T> | undefined {
  let node = tree;
  while (node !== undefined && !node.leaf) node = (key & node.bit) === 0 ? node.zero : node.one;
  return node?.key === key ? node : undefined;
}

/** The tree itself where it holds that very value already. */
export function put<T>(tree: Tree<T>, key: number, value: T): Node<T> {
  if (tree === undefined) return { leaf: true, key, value };
  if (tree.leaf && tree.key === key) return tree.value === value ? tree : { leaf: true, key, value };
  const different = (tree.key ^ key) & (tree.leaf ? -1 : tree.bit - 1);
  if (different !== 0) return join(different & -different, key, { leaf: true, key, value }, tree);
  // A leaf with the same key was answered above.
  if (tree.leaf) return tree;
  return (key & tree.bit) === 0
    ? branch(tree, put(tree.zero, key, value), tree.one)
    : branch(tree, tree.zero, put(tree.one, key, value));
}

/**
 * The keys that both have, with what `meet` makes of the two values; undefined leaves the key out. `meet` must give
 * the first value back where both are the same. The first tree itself where nothing of it is lost. `visit` is
 * called for each node that has to be looked at.
 */
export function intersect<T>(
  a: Tree<T>,
  b: Tree<T>,
  meet: (mine: T, theirs: T, key: number) => T | undefined,
  visit: () => void,
): Tree<T> {
  if (a === b || a === undefined) return a;
  if (b === undefined) return undefined;
  visit();
  if (a.leaf) return meetLeaf(a, leafOf(b, a.key), meet);
  if (b.leaf) {
    const mine = leafOf(a, b.key);
    return mine === undefined ? undefined : meetLeaf(mine, b, meet);
  }
  if (((a.key ^ b.key) & (Math.min(a.bit, b.bit) - 1)) !== 0) return undefined;
  if (a.bit < b.bit) return intersect((b.key & a.bit) === 0 ? a.zero : a.one, b, meet, visit);
  if (b.bit < a.bit) return intersect(a, (a.key & b.bit) === 0 ? b.zero : b.one, meet, visit);
  return either(a, intersect(a.zero, b.zero, meet, visit), intersect(a.one, b.one, meet, visit));
}

function meetLeaf<T>(
  mine: Leaf<T>,
  theirs: Leaf<T> | undefined,
  meet: (mine: T, theirs: T, key: number) => T | undefined,
): Tree<T> {
  if (theirs === undefined || theirs === mine) return theirs;
  const value = meet(mine.value, theirs.value, mine.key);
  if (value === undefined) return undefined;
  return value === mine.value ? mine : { leaf: true, key: mine.key, value };
}

function either<T>(old: Branch<T>, zero: Tree<T>, one: Tree<T>): Tree<T> {
  if (zero === undefined) return one;
  return one === undefined ? zero : branch(old, zero, one);
}

function branch<T>(old: Branch<T>, zero: Node<T>, one: Node<T>): Branch<T> {
  return zero === old.zero && one === old.one ? old : { leaf: false, bit: old.bit, key: old.key, zero, one };
}

function join<T>(bit: number, key: number, leaf: Leaf<T>, tree: Node<T>): Branch<T> {
  return (key & bit) === 0
    ? { leaf: false, bit, key: key & (bit - 1), zero: leaf, one: tree }
    : { leaf: false, bit, key: key & (bit - 1), zero: tree, one: leaf };
}
