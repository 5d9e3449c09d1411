#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <vector>

#include "mmfusion/converged_plan.hpp"
#include "mmfusion/tutorial_plan.hpp"
#include "mmfusion/tv.hpp"

using namespace mmfusion;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

FusionOptions good_options() {
    FusionOptions options;
    options.gamma = 1.6F;
    options.lambda_haadf = 0.5F;
    options.lambda_chem = 0.1F;
    options.lambda_tv = 0.1F;
    options.background = 0.1F;
    options.n_iter_tv = 2;
    return options;
}

}  // namespace

TEST_CASE("the prox refuses invalid values") {
    std::vector<float> image(6, 1.0F);
    std::vector<float> out(6);
    const auto prox = [&](Shape shape, TvProxOptions options) {
        tv_prox(image.data(), shape, options, out.data());
    };
    TvProxOptions options;
    options.objective.weight = 0.1F;
    options.n_iter = 1;
    CHECK_NOTHROW(prox({2, 3}, options));
    CHECK_THROWS_AS(prox({0, 3}, options), std::invalid_argument);
    CHECK_THROWS_AS(prox({2, -3}, options), std::invalid_argument);
    constexpr std::int64_t huge = std::int64_t{1} << 40;
    CHECK_THROWS_AS(prox({huge, huge}, options), std::invalid_argument);
    for (const float weight : {-1.0F, not_a_number, std::numeric_limits<float>::infinity()}) {
        TvProxOptions bad = options;
        bad.objective.weight = weight;
        CHECK_THROWS_AS(prox({2, 3}, bad), std::invalid_argument);
    }
    TvProxOptions bad = options;
    bad.n_iter = -1;
    CHECK_THROWS_AS(prox({2, 3}, bad), std::invalid_argument);
    bad = options;
    bad.threads = 0;
    CHECK_THROWS_AS(prox({2, 3}, bad), std::invalid_argument);
    CHECK_THROWS_AS(tv_prox(nullptr, {2, 3}, options, out.data()), std::invalid_argument);
    CHECK_THROWS_AS(tv_prox(image.data(), {2, 3}, options, out.data(), {.y = image.data()}),
                    std::invalid_argument);
}

TEST_CASE("a shape with too many pixels to count is refused, a merely large one is not") {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    for (const Shape shape : {Shape{most, 1}, Shape{1, most}, Shape{most, most}, Shape{3, most / 2},
                              Shape{std::int64_t{1} << 26, std::int64_t{1} << 26}}) {
        CHECK_THROWS_AS(require_valid(shape), std::invalid_argument);
    }
    for (const Shape shape : {Shape{65536, 65536}, Shape{std::int64_t{1} << 33, 1}}) {
        CHECK_NOTHROW(require_valid(shape));
    }
}

TEST_CASE("a plan refuses invalid values and names them") {
    const std::vector<float> pixels{0.0F, 0.5F, 1.0F, 0.25F};
    const ScaledImage image{.data = pixels.data()};
    const auto plan = [&](const FusionOptions& options, float weight = 1.0F) {
        make_tutorial_plan({.shape = {2, 2},
                            .haadf = image,
                            .maps = {{.image = image, .weight = weight}},
                            .options = options});
    };
    CHECK_NOTHROW(plan(good_options()));
    CHECK_THROWS_AS(plan(good_options(), not_a_number), std::invalid_argument);
    FusionOptions bad = good_options();
    bad.gamma = 0.5F;
    CHECK_THROWS_WITH_AS(plan(bad), doctest::Contains("gamma"), std::invalid_argument);
    bad = good_options();
    bad.background = 0.0F;
    CHECK_THROWS_WITH_AS(plan(bad), doctest::Contains("background"), std::invalid_argument);
    bad = good_options();
    bad.lambda_chem = not_a_number;
    CHECK_THROWS_WITH_AS(plan(bad), doctest::Contains("lambda_chem"), std::invalid_argument);
    CHECK_THROWS_AS(make_tutorial_plan(
                        {.shape = {2, 2}, .haadf = image, .maps = {}, .options = good_options()}),
                    std::invalid_argument);
    CHECK_THROWS_AS(make_tutorial_plan({.shape = {2, 2},
                                        .haadf = {},
                                        .maps = {{.image = image, .weight = 1.0F}},
                                        .options = good_options()}),
                    std::invalid_argument);
}

TEST_CASE("a solver whose maps were taken says so") {
    const std::vector<float> pixels{0.0F, 0.5F, 1.0F, 0.25F};
    const ScaledImage image{.data = pixels.data()};
    const FusionProblem problem{.shape = {2, 2},
                                .haadf = image,
                                .maps = {{.image = image, .weight = 1.0F}},
                                .options = good_options()};
    std::unique_ptr<Solver> solvers[] = {make_tutorial_plan(problem),
                                         make_converged_plan(problem, 0.0)};
    for (const std::unique_ptr<Solver>& solver : solvers) {
        std::vector<float> haadf(4);
        std::vector<Costs> costs;
        CHECK(static_cast<bool>(solver->finish(1, costs, nullptr, haadf.data())));
        CHECK_THROWS_AS(solver->step(nullptr, nullptr), std::invalid_argument);
        CHECK_THROWS_AS(solver->run(1, costs, nullptr), std::invalid_argument);
        CHECK_THROWS_AS(solver->finish(0, costs, nullptr, nullptr), std::invalid_argument);
    }
}
