/** The discrete Fourier transform of a power of two of complex samples, in place (Cooley and Tukey, 1965). */

export class Fft {
  private readonly reversed: Uint32Array;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;

  constructor(readonly size: number) {
    if (size < 2 || size & (size - 1)) throw new RangeError(`${size} is no power of two`);
    this.reversed = new Uint32Array(size);
    for (let index = 1; index < size; index++) this.reversed[index] = (this.reversed[index >> 1]! >> 1) | (index & 1 ? size >> 1 : 0);
    this.cosines = Float64Array.from({ length: size / 2 }, (_, index) => Math.cos((2 * Math.PI * index) / size));
    this.sines = Float64Array.from({ length: size / 2 }, (_, index) => -Math.sin((2 * Math.PI * index) / size));
  }

  /** Replace the samples by their spectrum. */
  transform(real: Float64Array, imaginary: Float64Array): void {
    const { size, reversed, cosines, sines } = this;
    for (let index = 0; index < size; index++) {
      const other = reversed[index]!;
      if (other <= index) continue;
      const [re, im] = [real[index]!, imaginary[index]!];
      real[index] = real[other]!;
      imaginary[index] = imaginary[other]!;
      real[other] = re;
      imaginary[other] = im;
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let begin = 0; begin < size; begin += 2 * half) {
        for (let offset = 0, turn = 0; offset < half; offset++, turn += step) {
          const low = begin + offset;
          const high = low + half;
          const [cos, sin] = [cosines[turn]!, sines[turn]!];
          const re = real[high]! * cos - imaginary[high]! * sin;
          const im = real[high]! * sin + imaginary[high]! * cos;
          real[high] = real[low]! - re;
          imaginary[high] = imaginary[low]! - im;
          real[low] = real[low]! + re;
          imaginary[low] = imaginary[low]! + im;
        }
      }
    }
  }
}
