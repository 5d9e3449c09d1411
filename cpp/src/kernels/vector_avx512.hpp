// Sixteen floats in an AVX-512 register.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace mmfusion::MMFUSION_LEVEL {
namespace {

struct Ints {
    __m512i v;
};

struct Mask {
    __mmask16 v;
};

struct Vector {
    static constexpr std::int64_t width = 16;
    __m512 v;

    static Vector load(const float* from) { return {_mm512_loadu_ps(from)}; }
    static Vector all(float value) { return {_mm512_set1_ps(value)}; }
    void store(float* to) const { _mm512_storeu_ps(to, v); }
};

inline Vector operator+(Vector a, Vector b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Vector operator-(Vector a, Vector b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Vector operator*(Vector a, Vector b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Vector operator/(Vector a, Vector b) { return {_mm512_div_ps(a.v, b.v)}; }
inline Mask operator<(Vector a, Vector b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
inline Vector minimum(Vector a, Vector b) { return {_mm512_min_ps(a.v, b.v)}; }
inline Vector maximum(Vector a, Vector b) { return {_mm512_max_ps(a.v, b.v)}; }
inline Vector magnitude(Vector a) { return {_mm512_abs_ps(a.v)}; }
// a b + c and c - a b
inline Vector multiply_add(Vector a, Vector b, Vector c) {
    return {_mm512_fmadd_ps(a.v, b.v, c.v)};
}
inline Vector subtract_product(Vector a, Vector b, Vector c) {
    return {_mm512_fnmadd_ps(a.v, b.v, c.v)};
}
// 0 where the mask is set, else `a`
inline Vector zero_if(Mask mask, Vector a) {
    return {_mm512_mask_mov_ps(a.v, mask.v, _mm512_setzero_ps())};
}

inline Vector reciprocal_root_estimate(Vector a) { return {_mm512_rsqrt14_ps(a.v)}; }
inline constexpr int reciprocal_root_steps = 1;

inline Ints bits(Vector a) { return {_mm512_castps_si512(a.v)}; }
inline Vector from_bits(Ints a) { return {_mm512_castsi512_ps(a.v)}; }
inline Ints all_ints(std::int32_t value) { return {_mm512_set1_epi32(value)}; }
inline Ints operator+(Ints a, Ints b) { return {_mm512_add_epi32(a.v, b.v)}; }
inline Ints operator-(Ints a, Ints b) { return {_mm512_sub_epi32(a.v, b.v)}; }
inline Ints to_exponent(Ints a) { return {_mm512_slli_epi32(a.v, 23)}; }
inline Ints from_exponent(Ints a) { return {_mm512_srai_epi32(a.v, 23)}; }
inline Vector to_float(Ints a) { return {_mm512_cvtepi32_ps(a.v)}; }
inline Ints round_to_int(Vector a) { return {_mm512_cvtps_epi32(a.v)}; }

// Sum of the lanes in double precision.
inline double sum_of_lanes(Vector a) {
    const __m256 low = _mm512_castps512_ps256(a.v);
    const __m256 high = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(a.v), 1));
    return _mm512_reduce_add_pd(_mm512_add_pd(_mm512_cvtps_pd(low), _mm512_cvtps_pd(high)));
}

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
