#include <doctest/doctest.h>

#include "mmfusion/tv.hpp"
#include "reference.hpp"

using namespace mmfusion;

TEST_CASE("the TV norm is the sum of the lengths of the gradient") {
    const Shape shapes[] = {{1, 1}, {1, 7}, {9, 1}, {2, 2}, {5, 8}, {16, 17}, {33, 100}};
    for (const Shape shape : shapes) {
        CAPTURE(shape.rows);
        CAPTURE(shape.columns);
        const std::vector<float> pixels = reference::random_pixels(shape.pixels(), 1);
        const reference::Image image = reference::as_image(pixels, shape);
        for (const TvKind kind : {TvKind::isotropic, TvKind::anisotropic}) {
            const double expected = reference::tv_norm(image, kind);
            CHECK(tv_norm(pixels.data(), shape, kind) == doctest::Approx(expected).epsilon(1e-6));
        }
    }
}

TEST_CASE("the TV norm of a step is its height times its length") {
    std::vector<float> pixels(1200, 0.0F);
    for (std::size_t row = 0; row < 30; ++row) {
        for (std::size_t column = 25; column < 40; ++column) {
            pixels[row * 40 + column] = 2.0F;
        }
    }
    CHECK(tv_norm(pixels.data(), {30, 40}, TvKind::isotropic) == doctest::Approx(60.0));
}
