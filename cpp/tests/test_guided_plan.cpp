// The guided solver: its minimum, gap and independence of threads.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "mmfusion/guided_plan.hpp"
#include "reference.hpp"
#include "sample.hpp"

using namespace mmfusion;

namespace {

FusionOptions options_for(float mu, float lambda_tv, int threads = 1) {
    FusionOptions options;
    options.gamma = 1.0F;
    options.lambda_haadf = mu;
    options.lambda_chem = 1.0F;
    options.lambda_tv = lambda_tv;
    options.background = 1e-3F;
    options.threads = threads;
    return options;
}

struct Guided {
    Guided(Shape shape, std::size_t n, double tolerance = 0.0)
        : sample(shape, n), guide(reference::random_guide(shape, 61)) {
        terms.guide = {.y = guide.data(), .x = guide.data() + shape.pixels()};
        terms.tolerance = tolerance;
        for (std::size_t map = 0; map < n; ++map) {
            terms.maps.push_back({.dose = 0.7F + 0.3F * static_cast<float>(map),
                                  .background = 2e-3F,
                                  .largest = 2.0F});
        }
        // Some pixels without a count.
        for (std::vector<float>& map : sample.maps) {
            for (float& pixel : map) {
                pixel = std::max(0.0F, pixel - 0.3F);
            }
        }
    }

    Sample sample;
    std::vector<float> guide;
    GuidedTerms terms;
};

// The objective in double precision.
double objective(const Guided& guided, const FusionOptions& options,
                 const std::vector<float>& maps) {
    const Shape shape = guided.sample.shape;
    const auto pixels = static_cast<std::size_t>(shape.pixels());
    double sum = 0.0;
    std::vector<double> model(pixels);
    for (std::size_t map = 0; map < guided.terms.maps.size(); ++map) {
        const GuidedMap& terms = guided.terms.maps[map];
        const auto dose = static_cast<double>(terms.dose);
        reference::Image image(shape);
        for (std::size_t k = 0; k < pixels; ++k) {
            const double x = static_cast<double>(maps[map * pixels + k]);
            const double c = static_cast<double>(guided.sample.maps[map][k]);
            const double u = x + static_cast<double>(terms.background);
            image.data[k] = x;
            model[k] += static_cast<double>(guided.sample.weights[map]) * x;
            sum += dose * (u - c + (c > 0.0 ? c * std::log(c / u) : 0.0));
        }
        const reference::Dual along = reference::turn(guided.guide, reference::gradient(image));
        for (std::size_t k = 0; k < pixels; ++k) {
            sum += static_cast<double>(options.lambda_tv) * std::sqrt(dose) *
                   std::hypot(along.y.data[k], along.x.data[k]);
        }
    }
    for (std::size_t k = 0; k < pixels; ++k) {
        const double residual = model[k] - static_cast<double>(guided.sample.haadf[k]);
        sum += 0.5 * static_cast<double>(options.lambda_haadf) * residual * residual;
    }
    return sum;
}

double objective(const Costs& costs, const FusionOptions& options) {
    return static_cast<double>(options.lambda_haadf) * costs.haadf + costs.chem +
           static_cast<double>(options.lambda_tv) * costs.tv;
}

}  // namespace

TEST_CASE("the costs of the guided solver belong to its maps") {
    for (const Shape shape : {Shape{1, 1}, Shape{1, 40}, Shape{40, 1}, Shape{33, 52}}) {
        const Guided guided(shape, 2);
        const FusionOptions options = options_for(3.0F, 0.4F);
        const auto solver = make_guided_plan(guided.sample.problem(options), guided.terms);
        const Outcome outcome = finish(*solver, 3);
        CHECK(objective(outcome.costs.back(), options) ==
              doctest::Approx(objective(guided, options, outcome.maps)).epsilon(1e-5));
    }
}

TEST_CASE("the gap bounds the distance of the objective from its minimum, and falls to 0") {
    for (const float mu : {0.0F, 3.0F, 100.0F}) {
        for (const float lambda_tv : {0.0F, 0.1F, 1.0F}) {
            CAPTURE(mu);
            CAPTURE(lambda_tv);
            const Guided guided({11, 14}, 2);
            const FusionOptions options = options_for(mu, lambda_tv);
            const auto best_solver = make_guided_plan(guided.sample.problem(options), guided.terms);
            const Outcome converged = finish(*best_solver, 300);
            const double best = objective(converged.costs.back(), options);
            const auto solver = make_guided_plan(guided.sample.problem(options), guided.terms);
            double first = 0.0;
            for (int iteration = 0; iteration < 40; ++iteration) {
                const double value = objective(solver->step(nullptr, nullptr), options);
                CHECK(value - best <= solver->gap() * value + 1e-6 * best);
                if (iteration == 0) {
                    first = solver->gap();
                }
            }
            CHECK(solver->gap() < 0.05 * first + 1e-6);
            CHECK(best_solver->gap() < 1e-4);
        }
    }
}

TEST_CASE("without total variation every pixel reaches its minimum") {
    const Guided guided({8, 11}, 1);
    const FusionOptions options = options_for(2.0F, 0.0F);
    const auto solver = make_guided_plan(guided.sample.problem(options), guided.terms);
    const Outcome outcome = finish(*solver, 200);
    const auto w = static_cast<double>(guided.sample.weights[0]);
    const auto dose = static_cast<double>(guided.terms.maps[0].dose);
    for (std::size_t k = 0; k < outcome.maps.size(); ++k) {
        const auto h = static_cast<double>(guided.sample.haadf[k]);
        const auto c = static_cast<double>(guided.sample.maps[0][k]);
        double low = 0.0;
        double high = 2.0;
        for (int halving = 0; halving < 100; ++halving) {
            const double middle = (low + high) / 2.0;
            const double slope = 2.0 * w * (w * middle - h) + dose * (1.0 - c / (middle + 2e-3));
            (slope > 0.0 ? high : low) = middle;
        }
        CHECK(static_cast<double>(outcome.maps[k]) ==
              doctest::Approx(low).epsilon(1e-3).scale(1.0));
    }
}

TEST_CASE("two starts of the guided solver end in one minimum") {
    const Guided guided({12, 12}, 2);
    const FusionOptions options = options_for(3.0F, 0.5F);
    FusionProblem problem = guided.sample.problem(options);
    const Outcome from_data = finish(*make_guided_plan(problem, guided.terms), 300);
    const std::vector<float> constant(from_data.maps.size(), 1.5F);
    problem.start = constant.data();
    const Outcome from_constant = finish(*make_guided_plan(problem, guided.terms), 300);
    const std::vector<double> expected(from_data.maps.begin(), from_data.maps.end());
    CHECK(reference::relative_distance(from_constant.maps, expected) < 2e-3);
}

TEST_CASE("the guided solver: any number of threads, one run or single steps, the same bits") {
    struct Case {
        Shape shape;
        std::size_t n;
    };
    for (const Case& image : {Case{{260, 60}, 2}, Case{{70, 700}, 5}}) {
        const Guided guided(image.shape, image.n);
        const auto solver = [&](int threads) {
            return make_guided_plan(guided.sample.problem(options_for(3.0F, 0.5F, threads)),
                                    guided.terms);
        };
        const Outcome one = finish(*solver(1), 2);
        for (const int threads : {2, 3}) {
            CHECK(finish(*solver(threads), 2) == one);
            CHECK(step(*solver(threads), 2) == one);
        }
    }
}

TEST_CASE("the guided solver ends once its gap is small or it is stopped") {
    const Guided guided({24, 24}, 1, 1e-2);
    const FusionProblem problem = guided.sample.problem(options_for(3.0F, 0.1F));
    const auto solver = make_guided_plan(problem, guided.terms);
    std::vector<Costs> costs;
    const int done = solver->run(1000, costs, nullptr);
    CHECK(done < 1000);
    CHECK(solver->has_settled());
    CHECK(solver->gap() <= 1e-2);
    CHECK(solver->run(5, costs, nullptr) == 0);
    StopFlag stop;
    stop.set();
    CHECK(make_guided_plan(problem, guided.terms)->run(5, costs, &stop) == 0);
}

TEST_CASE("after a change of the model the guided solver goes on to the minimum of the new one") {
    Guided guided({12, 15}, 2);
    const FusionOptions options = options_for(5.0F, 0.3F);
    const auto solver = make_guided_plan(guided.sample.problem(options), guided.terms);
    std::vector<Costs> costs;
    solver->run(5, costs, nullptr);
    solver->set_model({0.3F, 0.9F}, 0.1F, 0.0);
    CHECK_FALSE(solver->has_settled());
    const Outcome changed = finish(*solver, 300);
    guided.sample.weights = {0.3F, 0.9F};
    FusionProblem problem = guided.sample.problem(options);
    problem.haadf.offset = 0.1F;
    const Outcome fresh = finish(*make_guided_plan(problem, guided.terms), 300);
    const std::vector<double> expected(fresh.maps.begin(), fresh.maps.end());
    CHECK(reference::relative_distance(changed.maps, expected) < 2e-3);
    CHECK_THROWS_AS(make_guided_plan(problem, guided.terms)->set_model({1.0F}, 0.0F, 0.0),
                    std::invalid_argument);
}

TEST_CASE("the counts of a masked pixel do not matter to the guided solver") {
    Guided guided({16, 24}, 2);
    std::vector<float> mask(guided.sample.haadf.size(), 1.0F);
    const std::vector<float> start(2 * guided.sample.haadf.size(), 0.3F);
    mask[50] = mask[200] = 0.0F;
    const auto maps_for = [&] {
        FusionProblem problem = guided.sample.problem(options_for(3.0F, 0.3F));
        problem.mask = mask.data();
        problem.start = start.data();
        return finish(*make_guided_plan(problem, guided.terms), 10).maps;
    };
    const std::vector<float> maps = maps_for();
    guided.sample.maps[0][50] = 0.9F;
    guided.sample.maps[1][200] = 0.1F;
    CHECK(maps_for() == maps);
    guided.sample.maps[1][201] += 0.5F;
    CHECK(maps_for() != maps);
}

TEST_CASE("the guided solver names wrong terms") {
    Guided guided({8, 9}, 2);
    const FusionProblem problem = guided.sample.problem(options_for(3.0F, 0.3F));
    const auto refused = [&](GuidedTerms terms) {
        CHECK_THROWS_AS(make_guided_plan(problem, std::move(terms)), std::invalid_argument);
    };
    GuidedTerms terms = guided.terms;
    terms.guide.x = nullptr;
    refused(terms);
    terms = guided.terms;
    terms.maps.pop_back();
    refused(terms);
    terms = guided.terms;
    terms.maps[1].dose = 0.0F;
    refused(terms);
    terms = guided.terms;
    terms.maps[0].background = 0.0F;
    refused(terms);
    terms = guided.terms;
    terms.tolerance = -1.0;
    refused(terms);
}
