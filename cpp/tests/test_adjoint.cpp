// <G u, p> = <u, L p> for the operators inside the kernels, computed from single steps of the prox.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "mmfusion/tv.hpp"
#include "reference.hpp"

using namespace mmfusion;

namespace {

double dot(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
    }
    return sum;
}

TvProxOptions one_step(float weight) {
    return {.objective = {.weight = weight, .nonnegative = false}, .n_iter = 1};
}

// A step from a zero dual gives G(u) / (8 weight) if the weight is large enough for the projection
// to change nothing.
std::vector<float> gradient(const std::vector<float>& u, Shape shape) {
    constexpr float weight = 64.0F;
    std::vector<float> primal(u.size());
    std::vector<float> dual(2 * u.size());
    tv_prox(u.data(), shape, one_step(weight), primal.data(), {},
            {dual.data(), dual.data() + u.size()});
    for (float& component : dual) {
        component *= 8.0F * weight;
    }
    return dual;
}

// A step on the image 0 with weight 1 gives -L(p) and p itself, which replaces `dual`.
std::vector<float> adjoint(std::vector<float>& dual, Shape shape) {
    const std::size_t pixels = dual.size() / 2;
    const std::vector<float> zero(pixels, 0.0F);
    std::vector<float> primal(pixels);
    std::vector<float> stepped(dual.size());
    tv_prox(zero.data(), shape, one_step(1.0F), primal.data(), {dual.data(), dual.data() + pixels},
            {stepped.data(), stepped.data() + pixels});
    dual = stepped;
    for (float& pixel : primal) {
        pixel = -pixel;
    }
    return primal;
}

}  // namespace

TEST_CASE("gradient and divergence are adjoint to 1e-6") {
    const Shape shapes[] = {{1, 1}, {1, 9}, {9, 1}, {4, 4}, {7, 33}, {40, 17}, {64, 300}};
    for (const Shape shape : shapes) {
        CAPTURE(shape.rows);
        CAPTURE(shape.columns);
        const auto pixels = static_cast<std::size_t>(shape.pixels());
        const std::vector<float> u = reference::random_pixels(shape.pixels(), 2);
        std::vector<float> dual = reference::random_pixels(2 * shape.pixels(), 3);
        for (float& component : dual) {
            component = 0.5F * (component - 0.5F);
        }
        // A dual is 0 where the gradient is: in the last row (y) and the last column (x).
        for (std::int64_t j = 0; j < shape.columns; ++j) {
            dual[static_cast<std::size_t>((shape.rows - 1) * shape.columns + j)] = 0.0F;
        }
        for (std::int64_t i = 0; i < shape.rows; ++i) {
            dual[pixels + static_cast<std::size_t>((i + 1) * shape.columns - 1)] = 0.0F;
        }
        const std::vector<float> of_u = gradient(u, shape);
        const std::vector<float> of_dual = adjoint(dual, shape);
        const double size = std::sqrt(dot(u, u) * dot(dual, dual));
        CHECK(std::abs(dot(of_u, dual) - dot(u, of_dual)) <= 1e-6 * std::max(size, 1.0));
    }
}
