// Four floats in an SSE2 register: the baseline of every x86-64 processor.
#pragma once

#include <emmintrin.h>

#include <cstdint>

namespace mmfusion::MMFUSION_LEVEL {
namespace {

struct Ints {
    __m128i v;
};

struct Mask {
    __m128 v;
};

struct Vector {
    static constexpr std::int64_t width = 4;
    __m128 v;

    static Vector load(const float* from) { return {_mm_loadu_ps(from)}; }
    static Vector all(float value) { return {_mm_set1_ps(value)}; }
    void store(float* to) const { _mm_storeu_ps(to, v); }
};

inline Vector operator+(Vector a, Vector b) { return {_mm_add_ps(a.v, b.v)}; }
inline Vector operator-(Vector a, Vector b) { return {_mm_sub_ps(a.v, b.v)}; }
inline Vector operator*(Vector a, Vector b) { return {_mm_mul_ps(a.v, b.v)}; }
inline Vector operator/(Vector a, Vector b) { return {_mm_div_ps(a.v, b.v)}; }
inline Mask operator<(Vector a, Vector b) { return {_mm_cmplt_ps(a.v, b.v)}; }
inline Vector minimum(Vector a, Vector b) { return {_mm_min_ps(a.v, b.v)}; }
inline Vector maximum(Vector a, Vector b) { return {_mm_max_ps(a.v, b.v)}; }
inline Vector magnitude(Vector a) { return {_mm_andnot_ps(_mm_set1_ps(-0.0F), a.v)}; }
// a b + c and c - a b
inline Vector multiply_add(Vector a, Vector b, Vector c) { return a * b + c; }
inline Vector subtract_product(Vector a, Vector b, Vector c) { return c - a * b; }
// 0 where the mask is set, else `a`
inline Vector zero_if(Mask mask, Vector a) { return {_mm_andnot_ps(mask.v, a.v)}; }

inline Vector reciprocal_root_estimate(Vector a) { return {_mm_rsqrt_ps(a.v)}; }
inline constexpr int reciprocal_root_steps = 1;

inline Ints bits(Vector a) { return {_mm_castps_si128(a.v)}; }
inline Vector from_bits(Ints a) { return {_mm_castsi128_ps(a.v)}; }
inline Ints all_ints(std::int32_t value) { return {_mm_set1_epi32(value)}; }
inline Ints operator+(Ints a, Ints b) { return {_mm_add_epi32(a.v, b.v)}; }
inline Ints operator-(Ints a, Ints b) { return {_mm_sub_epi32(a.v, b.v)}; }
inline Ints to_exponent(Ints a) { return {_mm_slli_epi32(a.v, 23)}; }
inline Ints from_exponent(Ints a) { return {_mm_srai_epi32(a.v, 23)}; }
inline Vector to_float(Ints a) { return {_mm_cvtepi32_ps(a.v)}; }
inline Ints round_to_int(Vector a) { return {_mm_cvtps_epi32(a.v)}; }

// Sum of the lanes in double precision.
inline double sum_of_lanes(Vector a) {
    const __m128d two = _mm_add_pd(_mm_cvtps_pd(a.v), _mm_cvtps_pd(_mm_movehl_ps(a.v, a.v)));
    return _mm_cvtsd_f64(two) + _mm_cvtsd_f64(_mm_unpackhi_pd(two, two));
}

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
