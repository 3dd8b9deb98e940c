package dev.weir.rnn;

/**
 * The random numbers of PyTorch's CPU generator: MT19937, seeded as {@code torch.manual_seed} does,
 * drawn as {@code Tensor.uniform_} does for float32. Same seed, same bits as PyTorch 2.6.0.
 *
 * <p>Not thread-safe. Not for secrets.
 *
 * @see <a href="https://doi.org/10.1145/272991.272995">Matsumoto and Nishimura, Mersenne Twister,
 *     1998</a>
 */
public final class TorchRandom {

  private static final int STATE_SIZE = 624;
  private static final int SHIFT_SIZE = 397;
  private static final int TWIST = 0x9908b0df;
  private static final int HIGH_BIT = 0x80000000;
  private static final int LOW_BITS = 0x7fffffff;

  /** torch keeps as many random bits as a float32 mantissa holds. */
  private static final int MANTISSA_MASK = 0xFFFFFF;

  private static final float MANTISSA_STEP = 0x1p-24f;

  private final int[] state = new int[STATE_SIZE];
  private int position = STATE_SIZE;

  /**
   * @param seed as for {@code torch.manual_seed}; like torch's CPU generator, only its low 32 bits
   *     count
   */
  public TorchRandom(long seed) {
    state[0] = (int) seed;
    for (int i = 1; i < STATE_SIZE; i++) {
      int previous = state[i - 1];
      state[i] = 1812433253 * (previous ^ (previous >>> 30)) + i;
    }
  }

  /** The next 32 random bits. */
  public int nextBits() {
    if (position == STATE_SIZE) {
      regenerate();
    }
    int bits = state[position++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return bits ^ (bits >>> 18);
  }

  /**
   * One draw of {@code Tensor.uniform_(from, to)}, from inclusive, to exclusive but for rounding.
   */
  public float uniform(float from, float to) {
    float u = (nextBits() & MANTISSA_MASK) * MANTISSA_STEP;
    // torch's compiler contracts u * (to - from) + from; two roundings would miss its bits
    return Math.fma(u, to - from, from);
  }

  private void regenerate() {
    for (int i = 0; i < STATE_SIZE; i++) {
      int mixed = (state[i] & HIGH_BIT) | (state[(i + 1) % STATE_SIZE] & LOW_BITS);
      int twist = (mixed & 1) == 0 ? 0 : TWIST;
      state[i] = state[(i + SHIFT_SIZE) % STATE_SIZE] ^ (mixed >>> 1) ^ twist;
    }
    position = 0;
  }
}
