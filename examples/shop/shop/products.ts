interface Product {
  id: number;
  name: string;
  /** In cents. */
  price: number;
}

const things = ['Hammer', 'Anvil', 'Tongs', 'Bellows', 'Chisel', 'Nails', 'Rivets', 'Apron'];
const kinds = ['small', 'large', 'forged', 'antique', 'left-handed'];

/** Everything that the shop sells. */
export const products: Product[] = things.flatMap((thing, row) =>
  kinds.map((kind, column) => ({
    id: row * kinds.length + column + 1,
    name: `${thing}, ${kind}`,
    price: 500 + row * 250 + column * 75,
  })),
);

export function findProduct(id: number): Product | undefined {
  return products.find((product) => product.id === id);
}
