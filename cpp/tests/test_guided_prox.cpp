// The prox of directional total variation.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "mmfusion/tv.hpp"
#include "reference.hpp"

using namespace mmfusion;

namespace {

constexpr Shape shapes[] = {{1, 1}, {1, 50}, {50, 1}, {2, 3}, {17, 31}, {70, 48}, {40, 1100}};

struct Result {
    std::vector<float> image;
    std::vector<float> dual;
};

TvProxOptions make_options(const std::vector<float>& guide, float weight, int n_iter,
                           bool nonnegative = true, int threads = 1) {
    const float* y = guide.empty() ? nullptr : guide.data();
    const float* x = guide.empty() ? nullptr : guide.data() + guide.size() / 2;
    return {.objective = {.weight = weight, .nonnegative = nonnegative, .guide = {.y = y, .x = x}},
            .n_iter = n_iter,
            .threads = threads};
}

Result prox(const std::vector<float>& image, Shape shape, const TvProxOptions& options,
            const std::vector<float>& warm = {}) {
    Result result{.image = std::vector<float>(image.size()),
                  .dual = std::vector<float>(2 * image.size())};
    const DualView start =
        warm.empty() ? DualView{} : DualView{.y = warm.data(), .x = warm.data() + image.size()};
    tv_prox(image.data(), shape, options, result.image.data(), start,
            {.y = result.dual.data(), .x = result.dual.data() + image.size()});
    return result;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
    }
    return sum;
}

}  // namespace

TEST_CASE("the guided prox equals FGP in double precision") {
    for (const Shape shape : shapes) {
        std::vector<float> pixels = reference::random_pixels(shape.pixels(), 41);
        for (float& pixel : pixels) {
            pixel -= 0.2F;
        }
        const std::vector<float> guide = reference::random_guide(shape, 42);
        for (const bool nonnegative : {false, true}) {
            for (const int n_iter : {1, 2, 3, 20}) {
                CAPTURE(shape.rows);
                CAPTURE(shape.columns);
                CAPTURE(n_iter);
                const auto expected =
                    reference::tv_prox(reference::as_image(pixels, shape), 0.15, n_iter,
                                       TvKind::isotropic, nonnegative, guide);
                const Result result =
                    prox(pixels, shape, make_options(guide, 0.15F, n_iter, nonnegative));
                CHECK(reference::relative_distance(result.image, expected.data) < 1e-6);
            }
        }
    }
}

TEST_CASE("a guide of zeros gives the bits of plain total variation") {
    for (const Shape shape : shapes) {
        const std::vector<float> pixels = reference::random_pixels(shape.pixels(), 43);
        const std::vector<float> zeros(2 * pixels.size(), 0.0F);
        const Result plain = prox(pixels, shape, make_options({}, 0.2F, 9));
        const Result guided = prox(pixels, shape, make_options(zeros, 0.2F, 9));
        CHECK(guided.image == plain.image);
        CHECK(guided.dual == plain.dual);
    }
}

TEST_CASE("the guided gradient and its adjoint agree to 1e-6") {
    for (const Shape shape : shapes) {
        CAPTURE(shape.rows);
        CAPTURE(shape.columns);
        const std::vector<float> guide = reference::random_guide(shape, 44);
        const std::vector<float> u = reference::random_pixels(shape.pixels(), 45);
        // The first step of a large weight gives D(u) / (8 weight).
        constexpr float weight = 64.0F;
        std::vector<float> of_u = prox(u, shape, make_options(guide, weight, 1, false)).dual;
        for (float& component : of_u) {
            component *= 8.0F * weight;
        }
        // A dual in the range of D; a step on the image 0 with weight 1 gives -D^T(p) and p.
        const std::vector<float> zero(u.size(), 0.0F);
        std::vector<float> start = prox(reference::random_pixels(shape.pixels(), 46), shape,
                                        make_options(guide, 0.3F, 2, false))
                                       .dual;
        const Result stepped = prox(zero, shape, make_options(guide, 1.0F, 1, false), start);
        std::vector<float> of_dual = stepped.image;
        for (float& pixel : of_dual) {
            pixel = -pixel;
        }
        const double size = std::sqrt(dot(u, u) * dot(stepped.dual, stepped.dual));
        CHECK(std::abs(dot(of_u, stepped.dual) - dot(u, of_dual)) <= 1e-6 * std::max(size, 1.0));
    }
}

TEST_CASE("the guided duality gap falls to 0 and bounds the error") {
    const Shape shape{40, 37};
    const std::vector<float> pixels = reference::random_pixels(shape.pixels(), 47);
    const std::vector<float> guide = reference::random_guide(shape, 48);
    const reference::Image converged = reference::tv_prox(reference::as_image(pixels, shape), 0.1,
                                                          5000, TvKind::isotropic, true, guide);
    double before = 1e30;
    for (const int n_iter : {1, 10, 100, 1000}) {
        const TvProxOptions options = make_options(guide, 0.1F, n_iter);
        const Result result = prox(pixels, shape, options);
        const double gap =
            tv_duality_gap(pixels.data(), shape, options.objective,
                           {.y = result.dual.data(), .x = result.dual.data() + pixels.size()});
        double error = 0.0;
        for (std::size_t k = 0; k < pixels.size(); ++k) {
            const double difference = static_cast<double>(result.image[k]) - converged.data[k];
            error += 0.5 * difference * difference;
        }
        CAPTURE(n_iter);
        CHECK(gap < before);
        CHECK(error <= gap * 1.001 + 1e-6);
        before = gap;
    }
    CHECK(before < 2e-4);
}

TEST_CASE("the guided prox: same bits with threads, warm duals and strips of columns") {
    const Shape shape{300, 90};
    const std::vector<float> pixels = reference::random_pixels(shape.pixels(), 49);
    const std::vector<float> guide = reference::random_guide(shape, 50);
    const Result first = prox(pixels, shape, make_options(guide, 0.2F, 7));
    const Result one = prox(pixels, shape, make_options(guide, 0.2F, 7), first.dual);
    for (const int threads : {2, 3, 7}) {
        const TvProxOptions options = make_options(guide, 0.2F, 7, true, threads);
        const Result many = prox(pixels, shape, options, first.dual);
        CHECK(many.image == one.image);
        CHECK(many.dual == one.dual);
    }
    const Shape wide{20, 9000};
    const std::vector<float> row = reference::random_pixels(wide.pixels(), 51);
    const std::vector<float> wide_guide = reference::random_guide(wide, 52);
    const auto expected = reference::tv_prox(reference::as_image(row, wide), 0.3, 12,
                                             TvKind::isotropic, true, wide_guide);
    const Result strips = prox(row, wide, make_options(wide_guide, 0.3F, 12));
    CHECK(reference::relative_distance(strips.image, expected.data) < 1e-6);
}

TEST_CASE("an edge of the guide costs nothing across it") {
    // A step of height 1 between two halves, with noise: the guide knows where it is.
    const Shape shape{32, 32};
    std::vector<float> step(static_cast<std::size_t>(shape.pixels()));
    std::vector<float> guide(2 * step.size(), 0.0F);
    for (std::int64_t i = 0; i < shape.rows; ++i) {
        for (std::int64_t j = 0; j < shape.columns; ++j) {
            step[static_cast<std::size_t>(i * shape.columns + j)] = j < 16 ? 0.0F : 1.0F;
        }
        guide[step.size() + static_cast<std::size_t>(i * shape.columns + 15)] = 1.0F;
    }
    const Result guided = prox(step, shape, make_options(guide, 2.0F, 300));
    const Result plain = prox(step, shape, make_options({}, 2.0F, 300));
    const auto height = [&](const Result& result) { return result.image[16] - result.image[15]; };
    CHECK(height(guided) == doctest::Approx(1.0).epsilon(1e-5));
    CHECK(height(plain) < 0.9F);
}

TEST_CASE("a guide is isotropic and has two components") {
    const std::vector<float> pixels(6, 0.5F);
    std::vector<float> result(6);
    TvProxOptions options = make_options(std::vector<float>(12, 0.0F), 0.1F, 2);
    options.objective.guide.x = nullptr;
    CHECK_THROWS_AS(tv_prox(pixels.data(), {2, 3}, options, result.data()), std::invalid_argument);
    options.objective.guide = {.y = pixels.data(), .x = pixels.data()};
    options.objective.kind = TvKind::anisotropic;
    CHECK_THROWS_AS(tv_prox(pixels.data(), {2, 3}, options, result.data()), std::invalid_argument);
}
