#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "mmfusion/tv.hpp"
#include "reference.hpp"

using namespace mmfusion;

namespace {

constexpr Shape shapes[] = {{1, 1}, {1, 50}, {50, 1}, {2, 3}, {17, 31}, {70, 48}, {40, 1100}};

std::vector<float> prox(const std::vector<float>& image, Shape shape,
                        const TvProxOptions& options) {
    std::vector<float> result(image.size());
    tv_prox(image.data(), shape, options, result.data());
    return result;
}

TvProxOptions make_options(float weight, int n_iter, TvKind kind = TvKind::isotropic,
                           bool nonnegative = true, int threads = 1) {
    return {.objective = {.weight = weight, .kind = kind, .nonnegative = nonnegative},
            .n_iter = n_iter,
            .threads = threads};
}

}  // namespace

TEST_CASE("the TV prox equals FGP in double precision") {
    for (const Shape shape : shapes) {
        std::vector<float> pixels = reference::random_pixels(shape.pixels(), 4);
        for (float& pixel : pixels) {
            pixel -= 0.2F;
        }
        const reference::Image image = reference::as_image(pixels, shape);
        for (const TvKind kind : {TvKind::isotropic, TvKind::anisotropic}) {
            for (const bool nonnegative : {false, true}) {
                for (const int n_iter : {1, 2, 3, 20}) {
                    CAPTURE(shape.rows);
                    CAPTURE(shape.columns);
                    CAPTURE(n_iter);
                    const auto expected =
                        reference::tv_prox(image, 0.15, n_iter, kind, nonnegative);
                    const auto result =
                        prox(pixels, shape, make_options(0.15F, n_iter, kind, nonnegative));
                    CHECK(reference::relative_distance(result, expected.data) < 1e-6);
                }
            }
        }
    }
}

TEST_CASE("without steps or weight the image is only clipped at 0") {
    const std::vector<float> pixels{-1.0F, 2.0F, 3.0F, -4.0F, 5.0F, 6.0F};
    const std::vector<float> clipped{0.0F, 2.0F, 3.0F, 0.0F, 5.0F, 6.0F};
    CHECK(prox(pixels, {2, 3}, make_options(0.0F, 10)) == clipped);
    CHECK(prox(pixels, {2, 3}, make_options(0.5F, 0)) == clipped);
    CHECK(prox(pixels, {2, 3}, make_options(0.5F, 0, TvKind::isotropic, false)) == pixels);
}

TEST_CASE("any number of threads gives the same bits") {
    const Shape shape{700, 90};
    const std::vector<float> pixels = reference::random_pixels(shape.pixels(), 5);
    const std::vector<float> one = prox(pixels, shape, make_options(0.2F, 7));
    for (const int threads : {2, 3, 7}) {
        CHECK(prox(pixels, shape, make_options(0.2F, 7, TvKind::isotropic, true, threads)) == one);
    }
}

TEST_CASE("an image cut into strips of columns equals the same image in one piece") {
    // Wide enough for several strips, and its left part narrow enough for one.
    const Shape wide{24, 9000};
    const int n_iter = 12;
    const std::vector<float> pixels = reference::random_pixels(wide.pixels(), 6);
    const std::vector<float> whole = prox(pixels, wide, make_options(0.3F, n_iter));
    const Shape narrow{24, 300};
    std::vector<float> part;
    for (std::int64_t i = 0; i < narrow.rows; ++i) {
        const auto start = pixels.begin() + i * wide.columns;
        part.insert(part.end(), start, start + narrow.columns);
    }
    const std::vector<float> alone = prox(part, narrow, make_options(0.3F, n_iter));
    bool equal = true;
    for (std::int64_t i = 0; i < narrow.rows; ++i) {
        for (std::int64_t j = 0; j < narrow.columns - n_iter - 1; ++j) {
            equal = equal && whole[static_cast<std::size_t>(i * wide.columns + j)] ==
                                 alone[static_cast<std::size_t>(i * narrow.columns + j)];
        }
    }
    CHECK(equal);
    const auto expected =
        reference::tv_prox(reference::as_image(pixels, wide), 0.3, n_iter, TvKind::isotropic, true);
    CHECK(reference::relative_distance(whole, expected.data) < 1e-6);
}

TEST_CASE("the dual of an image cut into strips belongs to its primal, and is read back") {
    const Shape wide{24, 1500};
    const auto count = static_cast<std::size_t>(wide.pixels());
    const std::vector<float> pixels = reference::random_pixels(wide.pixels(), 10);
    const TvProxOptions options = make_options(0.3F, 20);
    std::vector<float> primal(count);
    std::vector<float> dual(2 * count);
    std::vector<float> later(2 * count);
    const DualView warm{.y = dual.data(), .x = dual.data() + count};
    tv_prox(pixels.data(), wide, options, primal.data(), {}, {dual.data(), dual.data() + count});
    reference::Dual p(wide);
    std::copy_n(dual.begin(), count, p.y.data.begin());
    std::copy_n(dual.begin() + static_cast<std::ptrdiff_t>(count), count, p.x.data.begin());
    std::vector<double> expected = reference::adjoint(p).data;
    for (std::size_t k = 0; k < count; ++k) {
        expected[k] = std::max(0.0, static_cast<double>(pixels[k]) - 0.3 * expected[k]);
    }
    CHECK(reference::relative_distance(primal, expected) < 1e-6);
    tv_prox(pixels.data(), wide, options, primal.data(), warm,
            {later.data(), later.data() + count});
    const double gap = tv_duality_gap(pixels.data(), wide, options.objective, warm);
    CHECK(tv_duality_gap(pixels.data(), wide, options.objective,
                         {later.data(), later.data() + count}) < 0.7 * gap);
}

TEST_CASE("the duality gap falls to 0 and bounds the error") {
    const Shape shape{40, 37};
    const auto pixels_count = static_cast<std::size_t>(shape.pixels());
    const std::vector<float> pixels = reference::random_pixels(shape.pixels(), 7);
    for (const TvKind kind : {TvKind::isotropic, TvKind::anisotropic}) {
        const reference::Image converged =
            reference::tv_prox(reference::as_image(pixels, shape), 0.1, 5000, kind, true);
        double before = 1e30;
        for (const int n_iter : {1, 10, 100, 1000}) {
            const TvProxOptions options = make_options(0.1F, n_iter, kind);
            std::vector<float> primal(pixels_count);
            std::vector<float> dual(2 * pixels_count);
            tv_prox(pixels.data(), shape, options, primal.data(), {},
                    {dual.data(), dual.data() + pixels_count});
            const double gap = tv_duality_gap(pixels.data(), shape, options.objective,
                                              {dual.data(), dual.data() + pixels_count});
            double error = 0.0;
            for (std::size_t k = 0; k < pixels_count; ++k) {
                const double difference = static_cast<double>(primal[k]) - converged.data[k];
                error += 0.5 * difference * difference;
            }
            CAPTURE(n_iter);
            CHECK(gap < before);
            CHECK(error <= gap * 1.001 + 1e-6);
            before = gap;
        }
        CHECK(before < 2e-4);
    }
}

TEST_CASE("a warm dual continues where the last call ended") {
    const Shape shape{60, 45};
    const auto count = static_cast<std::size_t>(shape.pixels());
    const std::vector<float> pixels = reference::random_pixels(shape.pixels(), 8);
    const TvProxOptions options = make_options(0.2F, 300);
    std::vector<float> primal(count);
    std::vector<float> dual(2 * count);
    std::vector<float> better(2 * count);
    tv_prox(pixels.data(), shape, options, primal.data(), {}, {dual.data(), dual.data() + count});
    std::vector<float> again(count);
    const TvProxOptions few = make_options(0.2F, 5);
    tv_prox(pixels.data(), shape, few, again.data(), {dual.data(), dual.data() + count},
            {better.data(), better.data() + count});
    const double gap =
        tv_duality_gap(pixels.data(), shape, options.objective, {dual.data(), dual.data() + count});
    const double gap_after = tv_duality_gap(pixels.data(), shape, options.objective,
                                            {better.data(), better.data() + count});
    CHECK(gap_after <= gap * 1.0001);
    double largest = 0.0;
    for (std::size_t k = 0; k < count; ++k) {
        largest = std::max(largest, std::abs(static_cast<double>(again[k] - primal[k])));
    }
    CHECK(largest < 1e-3);
    // With several bands, the warm dual must be read in the halos, too.
    std::vector<float> threaded(count);
    TvProxOptions with_threads = few;
    with_threads.threads = 3;
    tv_prox(pixels.data(), shape, with_threads, threaded.data(),
            {dual.data(), dual.data() + count});
    CHECK(threaded == again);
}

TEST_CASE("the unit makes very small and very large images exact") {
    const Shape shape{20, 30};
    std::vector<float> pixels = reference::random_pixels(shape.pixels(), 9);
    const std::vector<float> expected = prox(pixels, shape, make_options(0.125F, 10));
    for (const int exponent : {-90, 90}) {
        const float scale = std::ldexp(1.0F, exponent);
        std::vector<float> scaled = pixels;
        for (float& pixel : scaled) {
            pixel *= scale;
        }
        TvProxOptions options = make_options(0.125F * scale, 10);
        options.unit = scale;
        std::vector<float> result = prox(scaled, shape, options);
        for (float& pixel : result) {
            pixel /= scale;
        }
        CHECK(result == expected);
    }
}
