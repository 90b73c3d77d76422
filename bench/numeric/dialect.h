// What the C++ form of the kernels needs: the names of the dialect, on SSE2.
#include <emmintrin.h>
#include <smmintrin.h>
#include <cmath>
#include <cstdint>
#define unchecked(x) (x)
typedef double f64;
typedef int32_t i32;
typedef uintptr_t usize;
typedef __m128d v128;
static const f64 Infinity = INFINITY;
namespace Math {
static inline f64 sqrt(f64 x) { return std::sqrt(x); }
static inline f64 abs(f64 x) { return std::fabs(x); }
static inline f64 floor(f64 x) { return std::floor(x); }
static inline f64 max(f64 a, f64 b) { return a != a || b != b ? NAN : (a < b ? b : a); }
static inline f64 min(f64 a, f64 b) { return a != a || b != b ? NAN : (b < a ? b : a); }
}
static inline usize addressOf(f64 *array, i32 i) { return (usize)(array + i); }
static inline v128 f64x2_splat(f64 x) { return _mm_set1_pd(x); }
static inline v128 f64x2_add(v128 a, v128 b) { return _mm_add_pd(a, b); }
static inline v128 f64x2_sub(v128 a, v128 b) { return _mm_sub_pd(a, b); }
static inline v128 f64x2_mul(v128 a, v128 b) { return _mm_mul_pd(a, b); }
static inline v128 f64x2_div(v128 a, v128 b) { return _mm_div_pd(a, b); }
static inline v128 f64x2_sqrt(v128 a) { return _mm_sqrt_pd(a); }
static inline v128 f64x2_pmax(v128 a, v128 b) { return _mm_max_pd(b, a); }
static inline v128 f64x2_pmin(v128 a, v128 b) { return _mm_min_pd(b, a); }
static inline v128 f64x2_neg(v128 a) { return _mm_xor_pd(a, _mm_set1_pd(-0.0)); }
static inline v128 f64x2_abs(v128 a) { return _mm_andnot_pd(_mm_set1_pd(-0.0), a); }
#define f64x2_extract_lane(a, k) ((k) == 0 ? _mm_cvtsd_f64(a) : _mm_cvtsd_f64(_mm_unpackhi_pd(a, a)))
static inline v128 v128_load(usize p, usize offset = 0) { return _mm_loadu_pd((f64 *)(p + offset)); }
static inline v128 v128_load64_splat(usize p, usize offset = 0) { return _mm_load1_pd((f64 *)(p + offset)); }
static inline void v128_store(usize p, v128 a, usize offset = 0) { _mm_storeu_pd((f64 *)(p + offset), a); }
static inline v128 v128_shuffle(v128 a, v128 b, int even, int odd) {
  return even == 0 && odd == 2 ? _mm_unpacklo_pd(a, b) : _mm_unpackhi_pd(a, b);
}
static inline f64 load_f64(usize p, usize offset = 0) { return *(f64 *)(p + offset); }
static inline void store_f64(usize p, f64 x, usize offset = 0) { *(f64 *)(p + offset) = x; }
static inline v128 lanePair(f64 even, f64 odd) { return _mm_set_pd(odd, even); }
static inline v128 whereAbove0(v128 test, v128 a, v128 b) {
  const v128 mask = _mm_cmpgt_pd(test, _mm_setzero_pd());
  return _mm_or_pd(_mm_and_pd(mask, a), _mm_andnot_pd(mask, b));
}
static inline f64 laneSum(v128 a) { return f64x2_extract_lane(a, 0) + f64x2_extract_lane(a, 1); }
static inline f64 laneMax(v128 a) {
  f64 even = f64x2_extract_lane(a, 0), odd = f64x2_extract_lane(a, 1);
  return even < odd ? odd : even;
}
static inline bool anyAbove(v128 lanes, f64 limit) { return _mm_movemask_pd(_mm_cmpgt_pd(lanes, _mm_set1_pd(limit))) != 0; }
static inline f64 smaller(f64 a, f64 b) { return b < a ? b : a; }
