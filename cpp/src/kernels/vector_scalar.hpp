// One float at a time, for processors without any of the other vectors.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace mmfusion::MMFUSION_LEVEL {
namespace {

struct Ints {
    std::int32_t v;
};

struct Mask {
    bool v;
};

struct Vector {
    static constexpr std::int64_t width = 1;
    float v;

    static Vector load(const float* from) { return {*from}; }
    static Vector all(float value) { return {value}; }
    void store(float* to) const { *to = v; }
};

inline Vector operator+(Vector a, Vector b) { return {a.v + b.v}; }
inline Vector operator-(Vector a, Vector b) { return {a.v - b.v}; }
inline Vector operator*(Vector a, Vector b) { return {a.v * b.v}; }
inline Vector operator/(Vector a, Vector b) { return {a.v / b.v}; }
inline Mask operator<(Vector a, Vector b) { return {a.v < b.v}; }
inline Vector minimum(Vector a, Vector b) { return {a.v < b.v ? a.v : b.v}; }
inline Vector maximum(Vector a, Vector b) { return {a.v > b.v ? a.v : b.v}; }
inline Vector magnitude(Vector a) { return {std::fabs(a.v)}; }
// a b + c and c - a b
inline Vector multiply_add(Vector a, Vector b, Vector c) { return a * b + c; }
inline Vector subtract_product(Vector a, Vector b, Vector c) { return c - a * b; }
// 0 where the mask is set, else `a`
inline Vector zero_if(Mask mask, Vector a) { return {mask.v ? 0.0F : a.v}; }

inline Vector reciprocal_root_estimate(Vector a) { return {1.0F / std::sqrt(a.v)}; }
inline constexpr int reciprocal_root_steps = 0;

inline Ints bits(Vector a) {
    Ints result{};
    std::memcpy(&result.v, &a.v, sizeof(result.v));
    return result;
}
inline Vector from_bits(Ints a) {
    Vector result{};
    std::memcpy(&result.v, &a.v, sizeof(result.v));
    return result;
}
inline Ints all_ints(std::int32_t value) { return {value}; }
inline Ints operator+(Ints a, Ints b) { return {a.v + b.v}; }
inline Ints operator-(Ints a, Ints b) { return {a.v - b.v}; }
inline Ints to_exponent(Ints a) { return {a.v * (1 << 23)}; }
inline Ints from_exponent(Ints a) { return {a.v >> 23}; }
inline Vector to_float(Ints a) { return {static_cast<float>(a.v)}; }
inline Ints round_to_int(Vector a) { return {static_cast<std::int32_t>(std::nearbyint(a.v))}; }

// Sum of the lanes in double precision.
inline double sum_of_lanes(Vector a) { return static_cast<double>(a.v); }

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
