#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "mmfusion/converged_plan.hpp"
#include "reference.hpp"
#include "sample.hpp"

using namespace mmfusion;

namespace {

FusionOptions options_for(float gamma, float lambda_tv, int threads = 1) {
    FusionOptions options;
    options.gamma = gamma;
    options.lambda_haadf = 0.5F;
    options.lambda_chem = 0.1F;
    options.lambda_tv = lambda_tv;
    options.background = 0.2F;
    options.n_iter_tv = 5;
    options.threads = threads;
    return options;
}

double objective(const Costs& costs, const FusionOptions& options) {
    return static_cast<double>(options.lambda_haadf) * costs.haadf +
           static_cast<double>(options.lambda_chem) * costs.chem +
           static_cast<double>(options.lambda_tv) * costs.tv;
}

Outcome run(const FusionProblem& problem, int n_iter) {
    return finish(*make_converged_plan(problem, 0.0), n_iter);
}

// argmin over x >= 0 of lambda_H / 2 (w x - h)^2 + lambda_chem (x - b log(x + eps)): its slope
// grows with x, so halving finds the root.
double minimum_of_a_pixel(double w, double h, double b, const FusionOptions& options) {
    const auto slope = [&](double x) {
        return static_cast<double>(options.lambda_haadf) * w * (w * x - h) +
               static_cast<double>(options.lambda_chem) *
                   (1.0 - b / (x + static_cast<double>(options.background)));
    };
    double low = 0.0;
    double high = 10.0;
    for (int halving = 0; halving < 100; ++halving) {
        const double middle = (low + high) / 2.0;
        (slope(middle) > 0.0 ? high : low) = middle;
    }
    return low;
}

}  // namespace

TEST_CASE("without total variation every pixel of a linear model reaches its minimum") {
    const Sample sample({20, 31}, 1);
    const FusionOptions options = options_for(1.0F, 0.0F);
    const Outcome outcome = run(sample.problem(options), 300);
    for (std::size_t k = 0; k < outcome.maps.size(); ++k) {
        const double expected = minimum_of_a_pixel(0.5, static_cast<double>(sample.haadf[k]),
                                                   static_cast<double>(sample.maps[0][k]), options);
        CHECK(static_cast<double>(outcome.maps[k]) == doctest::Approx(expected).epsilon(1e-3));
        CHECK(outcome.haadf[k] == doctest::Approx(0.5F * outcome.maps[k]).epsilon(1e-6));
    }
}

TEST_CASE("the objective never rises, and the costs belong to the maps") {
    for (const float gamma : {1.0F, 1.6F, 2.0F}) {
        for (const TvKind kind : {TvKind::isotropic, TvKind::anisotropic}) {
            const Sample sample({40, 52}, 2);
            FusionOptions options = options_for(gamma, 0.05F);
            options.tv = kind;
            const Outcome outcome = run(sample.problem(options), 60);
            double before = objective(outcome.costs.front(), options);
            for (const Costs& costs : outcome.costs) {
                CHECK(objective(costs, options) <= before);
                before = objective(costs, options);
            }
            double tv = 0.0;
            for (std::int64_t map = 0; map < 2; ++map) {
                tv +=
                    tv_norm(outcome.maps.data() + map * sample.shape.pixels(), sample.shape, kind);
            }
            CHECK(outcome.costs.back().tv == doctest::Approx(tv).epsilon(1e-5));
        }
    }
}

TEST_CASE("from two starts a convex objective reaches the same minimum") {
    const Sample sample({30, 30}, 2);
    FusionProblem problem = sample.problem(options_for(1.0F, 0.05F));
    const Outcome from_data = run(problem, 2000);
    const std::vector<float> constant(static_cast<std::size_t>(2 * sample.shape.pixels()), 0.5F);
    problem.start = constant.data();
    const Outcome from_constant = run(problem, 2000);
    const std::vector<double> expected(from_data.maps.begin(), from_data.maps.end());
    CHECK(reference::relative_distance(from_constant.maps, expected) < 1e-3);
}

TEST_CASE("any number of threads gives the same bits, in one run and step by step") {
    struct Case {
        Shape shape;
        std::size_t n;
    };
    for (const Case& image : {Case{{130, 60}, 2}, Case{{84, 560}, 11}}) {
        const Sample sample(image.shape, image.n);
        const Outcome one = run(sample.problem(options_for(1.6F, 0.05F)), 3);
        for (const int threads : {1, 3}) {
            const FusionProblem problem = sample.problem(options_for(1.6F, 0.05F, threads));
            CHECK(run(problem, 3) == one);
            CHECK(step(*make_converged_plan(problem, 0.0), 3) == one);
        }
    }
}

TEST_CASE("a plan ends its run when it has settled or a stop is set") {
    const Sample sample({30, 40}, 1);
    const FusionProblem problem = sample.problem(options_for(1.6F, 0.05F));
    const auto plan = make_converged_plan(problem, 1e-4);
    std::vector<Costs> costs;
    const int done = plan->run(10000, costs, nullptr);
    CHECK(plan->has_settled());
    CHECK(done < 1000);
    CHECK(plan->run(5, costs, nullptr) == 0);
    StopFlag stop;
    stop.set();
    CHECK(make_converged_plan(problem, 0.0)->run(5, costs, &stop) == 0);
}

TEST_CASE("the data of a masked pixel do not matter") {
    Sample sample({16, 24}, 2);
    std::vector<float> mask(sample.haadf.size(), 1.0F);
    const std::vector<float> start(2 * sample.haadf.size(), 0.3F);
    mask[50] = mask[200] = 0.0F;
    const auto maps_for = [&] {
        FusionProblem problem = sample.problem(options_for(1.6F, 0.05F));
        problem.mask = mask.data();
        problem.start = start.data();
        return run(problem, 20).maps;
    };
    const std::vector<float> maps = maps_for();
    sample.maps[0][50] = 0.9F;
    sample.maps[1][200] = 0.1F;
    CHECK(maps_for() == maps);
    sample.maps[1][201] += 0.5F;
    CHECK(maps_for() != maps);
}
