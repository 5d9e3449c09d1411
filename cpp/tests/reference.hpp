// The formulas in double precision, one pixel at a time, to compare the kernels with.
#pragma once

#include <cstdint>
#include <vector>

#include "mmfusion/image.hpp"
#include "mmfusion/tv.hpp"

namespace reference {

using mmfusion::Shape;
using mmfusion::TvKind;

struct Image {
    explicit Image(Shape size) : shape(size), data(static_cast<std::size_t>(size.pixels())) {}

    // Zero outside.
    [[nodiscard]] double at(std::int64_t row, std::int64_t column) const;
    double& operator()(std::int64_t row, std::int64_t column);

    Shape shape;
    std::vector<double> data;
};

struct Dual {
    explicit Dual(Shape shape) : y(shape), x(shape) {}

    Image y;
    Image x;
};

Dual gradient(const Image& u);
Image adjoint(const Dual& p);
double tv_norm(const Image& u, TvKind kind);
// (I - xi xi^T) p, with a guide xi of both components, one after the other.
Dual turn(const std::vector<float>& guide, Dual p);
// An empty guide means none.
Image tv_prox(const Image& b, double weight, int n_iter, TvKind kind, bool nonnegative,
              const std::vector<float>& guide = {});

// A random guide of lengths up to 0.99.
std::vector<float> random_guide(Shape shape, std::uint64_t seed);

// Random pixels in [0, 1], the same for the same seed on every machine.
std::vector<float> random_pixels(std::int64_t count, std::uint64_t seed);
Image as_image(const std::vector<float>& pixels, Shape shape);

// || a - b || / || b ||
double relative_distance(const std::vector<float>& a, const std::vector<double>& b);

}  // namespace reference
