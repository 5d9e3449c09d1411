// Four floats in a NEON register: the baseline of every arm64 processor.
#pragma once

#include <arm_neon.h>

#include <cstdint>

namespace mmfusion::MMFUSION_LEVEL {
namespace {

struct Ints {
    int32x4_t v;
};

struct Mask {
    uint32x4_t v;
};

struct Vector {
    static constexpr std::int64_t width = 4;
    float32x4_t v;

    static Vector load(const float* from) { return {vld1q_f32(from)}; }
    static Vector all(float value) { return {vdupq_n_f32(value)}; }
    void store(float* to) const { vst1q_f32(to, v); }
};

inline Vector operator+(Vector a, Vector b) { return {vaddq_f32(a.v, b.v)}; }
inline Vector operator-(Vector a, Vector b) { return {vsubq_f32(a.v, b.v)}; }
inline Vector operator*(Vector a, Vector b) { return {vmulq_f32(a.v, b.v)}; }
inline Vector operator/(Vector a, Vector b) { return {vdivq_f32(a.v, b.v)}; }
inline Mask operator<(Vector a, Vector b) { return {vcltq_f32(a.v, b.v)}; }
inline Vector minimum(Vector a, Vector b) { return {vminq_f32(a.v, b.v)}; }
inline Vector maximum(Vector a, Vector b) { return {vmaxq_f32(a.v, b.v)}; }
inline Vector magnitude(Vector a) { return {vabsq_f32(a.v)}; }
// a b + c and c - a b
inline Vector multiply_add(Vector a, Vector b, Vector c) { return {vfmaq_f32(c.v, a.v, b.v)}; }
inline Vector subtract_product(Vector a, Vector b, Vector c) { return {vfmsq_f32(c.v, a.v, b.v)}; }
// 0 where the mask is set, else `a`
inline Vector zero_if(Mask mask, Vector a) {
    return {vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(a.v), mask.v))};
}

inline Vector reciprocal_root_estimate(Vector a) { return {vrsqrteq_f32(a.v)}; }
inline constexpr int reciprocal_root_steps = 2;  // the estimate has 8 bits, not 12

inline Ints bits(Vector a) { return {vreinterpretq_s32_f32(a.v)}; }
inline Vector from_bits(Ints a) { return {vreinterpretq_f32_s32(a.v)}; }
inline Ints all_ints(std::int32_t value) { return {vdupq_n_s32(value)}; }
inline Ints operator+(Ints a, Ints b) { return {vaddq_s32(a.v, b.v)}; }
inline Ints operator-(Ints a, Ints b) { return {vsubq_s32(a.v, b.v)}; }
inline Ints to_exponent(Ints a) { return {vshlq_n_s32(a.v, 23)}; }
inline Ints from_exponent(Ints a) { return {vshrq_n_s32(a.v, 23)}; }
inline Vector to_float(Ints a) { return {vcvtq_f32_s32(a.v)}; }
inline Ints round_to_int(Vector a) { return {vcvtnq_s32_f32(a.v)}; }

// Sum of the lanes in double precision.
inline double sum_of_lanes(Vector a) {
    return vaddvq_f64(vaddq_f64(vcvt_f64_f32(vget_low_f32(a.v)), vcvt_high_f64_f32(a.v)));
}

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
