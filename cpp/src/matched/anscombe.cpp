#include "matched/anscombe.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mmfusion {
namespace {

constexpr double first_transformed = 1.2247448713915890;  // of no counts
constexpr double last_transformed = 14.2;                 // of 50 counts
constexpr std::size_t nodes = 4096;
constexpr double step = (last_transformed - first_transformed) / (nodes - 1);

struct Moments {
    double mean = 0.0;
    double variance = 0.0;
};

// Of transformed counts with the mean y.
Moments transformed_moments(double y) {
    const int most = static_cast<int>(y + 12.0 * std::sqrt(y) + 30.0);
    double probability = std::exp(-y);
    double mean = 0.0;
    double square = 0.0;
    for (int count = 0; count <= most; ++count) {
        const double value = 2.0 * std::sqrt(count + 0.375);
        mean += probability * value;
        square += probability * value * value;
        probability *= y / (count + 1);
    }
    return {.mean = mean, .variance = std::max(0.0, square - mean * mean)};
}

// What both functions are at evenly spaced transformed means.
struct Table {
    std::array<float, nodes> counts{};
    std::array<float, nodes> variances{};

    Table() {
        double y = 0.0;
        for (std::size_t node = 1; node < nodes; ++node) {
            const double target = first_transformed + static_cast<double>(node) * step;
            // The mean rises by about 1 / sqrt(y + 3/8) or more slowly, so the secant converges.
            Moments moments = transformed_moments(y);
            for (int k = 0; k < 8; ++k) {
                const double small = 1e-5 * (y + 0.1);
                const double slope = (transformed_moments(y + small).mean - moments.mean) / small;
                y = std::max(0.0, y + (target - moments.mean) / slope);
                moments = transformed_moments(y);
                if (std::abs(target - moments.mean) < 1e-12) {
                    break;
                }
            }
            counts[node] = static_cast<float>(y);
            variances[node] = static_cast<float>(moments.variance);
        }
    }
};

const Table& table() {
    static const Table computed;
    return computed;
}

float interpolate(const std::array<float, nodes>& values, double transformed) {
    const double at = (transformed - first_transformed) / step;
    const auto node = std::min(static_cast<std::size_t>(at), nodes - 2);
    const auto share = static_cast<float>(at - static_cast<double>(node));
    return values[node] + share * (values[node + 1] - values[node]);
}

}  // namespace

float inverse_anscombe(float transformed) {
    const auto d = static_cast<double>(transformed);
    if (!(d > first_transformed)) {
        return 0.0F;
    }
    if (d < last_transformed) {
        return interpolate(table().counts, d);
    }
    // The inverse for many counts; what it leaves out is below 1e-3 counts here.
    return static_cast<float>(d * d / 4.0 - 0.125);
}

float variance_of_anscombe(float transformed) {
    const auto d = static_cast<double>(transformed);
    if (!(d > first_transformed)) {
        return 0.0F;
    }
    return d < last_transformed ? interpolate(table().variances, d) : 1.0F;
}

}  // namespace mmfusion
