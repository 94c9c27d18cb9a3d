/** Laid out word for word by src/kernels/row-products.ts. */
@unmanaged
class ProductArguments {
  count: u32;
  bytes: u32;
  row: usize;
  others: usize;
  products: usize;
}

/** row · other of each of some rows, added up in the order of src/recommenders/dot-product.ts: the same to the last bit. */
export function rowProducts(args: usize, phase: u32, task: u32): void {
  const a = changetype<ProductArguments>(args);
  for (let n: u32 = 0; n < a.count; n++) {
    const other = a.others + n * a.bytes;
    let sum01 = f64x2.splat(0), sum23 = f64x2.splat(0);
    let o: usize = 0;
    for (; o + 32 <= a.bytes; o += 32) {
      sum01 = f64x2.add(sum01, f64x2.mul(v128.load(a.row + o), v128.load(other + o)));
      sum23 = f64x2.add(sum23, f64x2.mul(v128.load(a.row + o, 16), v128.load(other + o, 16)));
    }
    let sum0 = f64x2.extract_lane(sum01, 0);
    for (; o < a.bytes; o += 8) sum0 += load<f64>(a.row + o) * load<f64>(other + o);
    const half = f64x2.extract_lane(sum23, 0) + f64x2.extract_lane(sum23, 1);
    store<f64>(a.products + (n << 3), sum0 + f64x2.extract_lane(sum01, 1) + half);
  }
}
