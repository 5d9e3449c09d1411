// Eight floats in an AVX2 register, with fused multiply-add.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace mmfusion::MMFUSION_LEVEL {
namespace {

struct Ints {
    __m256i v;
};

struct Mask {
    __m256 v;
};

struct Vector {
    static constexpr std::int64_t width = 8;
    __m256 v;

    static Vector load(const float* from) { return {_mm256_loadu_ps(from)}; }
    static Vector all(float value) { return {_mm256_set1_ps(value)}; }
    void store(float* to) const { _mm256_storeu_ps(to, v); }
};

inline Vector operator+(Vector a, Vector b) { return {_mm256_add_ps(a.v, b.v)}; }
inline Vector operator-(Vector a, Vector b) { return {_mm256_sub_ps(a.v, b.v)}; }
inline Vector operator*(Vector a, Vector b) { return {_mm256_mul_ps(a.v, b.v)}; }
inline Vector operator/(Vector a, Vector b) { return {_mm256_div_ps(a.v, b.v)}; }
inline Mask operator<(Vector a, Vector b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)}; }
inline Vector minimum(Vector a, Vector b) { return {_mm256_min_ps(a.v, b.v)}; }
inline Vector maximum(Vector a, Vector b) { return {_mm256_max_ps(a.v, b.v)}; }
inline Vector magnitude(Vector a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0F), a.v)}; }
// a b + c and c - a b
inline Vector multiply_add(Vector a, Vector b, Vector c) {
    return {_mm256_fmadd_ps(a.v, b.v, c.v)};
}
inline Vector subtract_product(Vector a, Vector b, Vector c) {
    return {_mm256_fnmadd_ps(a.v, b.v, c.v)};
}
// 0 where the mask is set, else `a`
inline Vector zero_if(Mask mask, Vector a) { return {_mm256_andnot_ps(mask.v, a.v)}; }

inline Vector reciprocal_root_estimate(Vector a) { return {_mm256_rsqrt_ps(a.v)}; }
inline constexpr int reciprocal_root_steps = 1;

inline Ints bits(Vector a) { return {_mm256_castps_si256(a.v)}; }
inline Vector from_bits(Ints a) { return {_mm256_castsi256_ps(a.v)}; }
inline Ints all_ints(std::int32_t value) { return {_mm256_set1_epi32(value)}; }
inline Ints operator+(Ints a, Ints b) { return {_mm256_add_epi32(a.v, b.v)}; }
inline Ints operator-(Ints a, Ints b) { return {_mm256_sub_epi32(a.v, b.v)}; }
inline Ints to_exponent(Ints a) { return {_mm256_slli_epi32(a.v, 23)}; }
inline Ints from_exponent(Ints a) { return {_mm256_srai_epi32(a.v, 23)}; }
inline Vector to_float(Ints a) { return {_mm256_cvtepi32_ps(a.v)}; }
inline Ints round_to_int(Vector a) { return {_mm256_cvtps_epi32(a.v)}; }

// Sum of the lanes in double precision.
inline double sum_of_lanes(Vector a) {
    const __m256d four = _mm256_add_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(a.v)),
                                       _mm256_cvtps_pd(_mm256_extractf128_ps(a.v, 1)));
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
    return _mm_cvtsd_f64(two) + _mm_cvtsd_f64(_mm_unpackhi_pd(two, two));
}

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
