// Kernels flush denormal numbers, and the caller's floating-point settings do not change.
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "denormals.hpp"
#include "mmfusion/tutorial_plan.hpp"
#include "mmfusion/tv.hpp"
#include "reference.hpp"
#include "thread_pool.hpp"

using namespace mmfusion;

namespace {

// Whether this thread computes with denormal numbers.
bool keeps_denormals() {
    volatile float tiny = 1e-38F;
    tiny = tiny * 1e-3F;
    return tiny > 0.0F;
}

}  // namespace

TEST_CASE("flushing ends with its object") {
    CHECK(keeps_denormals());
    {
        const FlushDenormals flush;
#if defined(__x86_64__) || defined(__aarch64__)
        CHECK(!keeps_denormals());
#endif
    }
    CHECK(keeps_denormals());
}

#if defined(__x86_64__) || defined(__aarch64__)
TEST_CASE("all threads of a pool flush") {
    ThreadPool pool(2);
    std::atomic<int> keeping{0};
    pool.run(64, [&](std::int64_t, int) { keeping += keeps_denormals() ? 1 : 0; });
    CHECK(keeping == 0);
}
#endif

TEST_CASE("no function changes the caller's floating-point settings") {
    const Shape shape{300, 200};
    const std::vector<float> pixels = reference::random_pixels(shape.pixels(), 30);
    std::vector<float> out(pixels.size());
    tv_prox(pixels.data(), shape, {.objective = {.weight = 0.1F}, .n_iter = 5, .threads = 2},
            out.data());
    CHECK(keeps_denormals());
    FusionOptions options;
    options.gamma = 1.6F;
    options.background = 0.1F;
    options.threads = 2;
    const ScaledImage image{.data = pixels.data()};
    const FusionProblem problem{.shape = shape,
                                .haadf = image,
                                .maps = {{.image = image, .weight = 1.0F}},
                                .options = options};
    make_tutorial_plan(problem)->step(nullptr, nullptr);
    CHECK(keeps_denormals());
    ThreadPool pool(2);
    CHECK_THROWS(pool.run(4, [](std::int64_t, int) { throw std::invalid_argument("any"); }));
    CHECK(keeps_denormals());
}
