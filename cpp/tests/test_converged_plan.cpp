#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/row_kernels.hpp"
#include "mmfusion/converged_plan.hpp"
#include "padded_rows.hpp"
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

// Of the maps that the first iteration starts from: measured ones, of at least 0.01.
Costs costs_at_start(const FusionProblem& problem) {
    const auto pixels = static_cast<std::size_t>(problem.shape.pixels());
    const FusionOptions& options = problem.options;
    std::vector<double> model(pixels);
    Costs costs;
    for (const WeightedMap& map : problem.maps) {
        std::vector<float> values(map.image.data, map.image.data + pixels);
        for (std::size_t k = 0; k < pixels; ++k) {
            const double b = values[k];
            values[k] = std::max(values[k], 0.01F);
            const double x = values[k];
            model[k] +=
                static_cast<double>(map.weight) * std::pow(x, static_cast<double>(options.gamma));
            costs.chem += x - b * std::log(x + static_cast<double>(options.background));
        }
        costs.tv += tv_norm(values.data(), problem.shape, options.tv);
    }
    for (std::size_t k = 0; k < pixels; ++k) {
        const double residual = model[k] - static_cast<double>(problem.haadf.data[k]);
        costs.haadf += 0.5 * residual * residual;
    }
    return costs;
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

// Eleven equal maps need strips, one map does not.
TEST_CASE("strips change no bit") {
    const Sample sample({40, 900}, 1);
    FusionOptions options = options_for(1.6F, 0.05F);
    options.lambda_haadf = 0.0F;  // which would couple the maps
    FusionProblem problem = sample.problem(options);
    const Outcome one = run(problem, 4);
    problem.maps.resize(11, problem.maps[0]);
    const Outcome many = run(problem, 4);
    for (auto map = many.maps.begin(); map != many.maps.end(); map += sample.shape.pixels()) {
        CHECK(std::equal(one.maps.begin(), one.maps.end(), map));
    }
    for (std::size_t k = 0; k < one.costs.size(); ++k) {
        CHECK(many.costs[k].tv == doctest::Approx(11.0 * one.costs[k].tv).epsilon(1e-6));
        CHECK(many.costs[k].chem == doctest::Approx(11.0 * one.costs[k].chem).epsilon(1e-6));
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

TEST_CASE("a run settles at the third calm iteration in a row") {
    const Sample sample({30, 40}, 2);
    const FusionOptions options = options_for(1.6F, 0.05F);
    const FusionProblem problem = sample.problem(options);
    const Outcome outcome = run(problem, 40);
    const Costs start = costs_at_start(problem);
    std::vector<double> drops;  // relative to the objective
    double before = objective(start, options);
    for (const Costs& costs : outcome.costs) {
        drops.push_back((before - objective(costs, options)) / std::abs(before));
        before = objective(costs, options);
    }
    for (const double drop : drops) {
        const double tolerance = drop * 1.0001;
        int calm = 0;
        int expected = 0;
        while (calm < 3 && expected < 40) {
            calm = drops[static_cast<std::size_t>(expected)] <= tolerance ? calm + 1 : 0;
            ++expected;
        }
        std::vector<Costs> costs;
        CHECK(make_converged_plan(problem, tolerance)->run(40, costs, nullptr) == expected);
    }
}

TEST_CASE("the step grows while the first trial succeeds, and is halved where it fails") {
    const Sample sample({20, 30}, 1);
    FusionOptions options = options_for(1.0F, 0.0F);
    options.lambda_haadf = 0.01F;
    options.lambda_chem = 0.01F;
    const auto plan = make_converged_plan(sample.problem(options), 0.0);
    CHECK(plan->step_length() == 1.0);
    std::vector<Costs> costs;
    plan->run(5, costs, nullptr);
    CHECK(plan->step_length() == doctest::Approx(std::pow(1.1, 5)));
    options.lambda_haadf = 100.0F;
    const auto steep = make_converged_plan(sample.problem(options), 0.0);
    steep->run(1, costs, nullptr);
    CHECK(steep->step_length() < 1.0);
    CHECK(std::log2(steep->step_length()) == std::round(std::log2(steep->step_length())));
}

// Pixel by pixel in double precision, for one linear map without total variation.
TEST_CASE("iterations have momentum, which a failed trial ends before it shortens the step") {
    const Sample sample({20, 30}, 1);
    FusionOptions options = options_for(1.0F, 0.0F);
    options.lambda_haadf = 12.0F;
    options.lambda_chem = 0.1F;
    const double lambda_haadf = options.lambda_haadf;
    const double lambda_chem = options.lambda_chem;
    const double background = options.background;
    const auto phi = [&](const std::vector<double>& x) {
        double sum = 0.0;
        for (std::size_t k = 0; k < x.size(); ++k) {
            const double residual = 0.5 * x[k] - static_cast<double>(sample.haadf[k]);
            sum += lambda_haadf * 0.5 * residual * residual +
                   lambda_chem * (x[k] - static_cast<double>(sample.maps[0][k]) *
                                             std::log(x[k] + background));
        }
        return sum;
    };
    const auto trial = [&](double x, double before, std::size_t k, double momentum, double length) {
        const double y = std::max(0.0, x + momentum * (x - before));
        const double residual = 0.5 * y - static_cast<double>(sample.haadf[k]);
        const double chem = 1.0 - static_cast<double>(sample.maps[0][k]) / (y + background);
        return std::max(0.0, y - length * (lambda_haadf * 0.5 * residual + lambda_chem * chem));
    };
    std::vector<double> x(sample.maps[0].begin(), sample.maps[0].end());
    std::vector<double> before = x;
    double theta = 1.0;
    double length = 1.0;
    int restarts = 0;
    int halvings = 0;
    const auto plan = make_converged_plan(sample.problem(options), 0.0);
    std::vector<float> maps(x.size());
    for (int iteration = 0; iteration < 15; ++iteration) {
        for (bool first = true;; first = false) {
            const double next_theta = (1.0 + std::sqrt(1.0 + 4.0 * theta * theta)) / 2.0;
            std::vector<double> next(x.size());
            for (std::size_t k = 0; k < x.size(); ++k) {
                next[k] = trial(x[k], before[k], k, (theta - 1.0) / next_theta, length);
            }
            if (phi(next) <= phi(x)) {
                before = x;
                x = next;
                theta = next_theta;
                length *= first ? 1.1 : 1.0;
                break;
            }
            (theta > 1.0 ? restarts : halvings) += 1;
            length /= theta > 1.0 ? 1.0 : 2.0;
            theta = 1.0;
        }
        plan->step(maps.data(), nullptr);
        CHECK(plan->step_length() == doctest::Approx(length));
        CHECK(reference::relative_distance(maps, x) < 1e-5);
    }
    CHECK(restarts > 0);
    CHECK(halvings > 0);
}

TEST_CASE("maps leave 0 where the HAADF term has no slope there") {
    const Sample sample({8, 8}, 1);
    const std::vector<float> zeros(sample.haadf.size());
    for (const float gamma : {1.0F, 1.6F, 2.0F}) {
        FusionOptions options = options_for(gamma, 0.0F);
        options.lambda_haadf = options.lambda_chem = 0.0F;
        FusionProblem problem = sample.problem(options);
        problem.start = zeros.data();
        const float expected = gamma == 1.6F ? 0.01F : 0.0F;
        CHECK(run(problem, 1).maps == std::vector<float>(zeros.size(), expected));
    }
}

TEST_CASE("what is extrapolated is never negative") {
    const PaddedRows rows(3, 16);
    std::fill_n(rows.row(0), 16, 0.1F);
    std::fill_n(rows.row(1), 8, 0.9F);
    row_kernels().extrapolate({.image = rows.row(0),
                               .before = rows.row(1),
                               .result = rows.row(2),
                               .columns = 16,
                               .momentum = 0.5F});
    CHECK(rows.row(2)[0] == 0.0F);
    CHECK(rows.row(2)[15] == doctest::Approx(0.15F));
}

TEST_CASE("a run that no step can improve ends") {
    Sample sample({8, 9}, 1);
    sample.haadf[7] = std::nanf("");  // no objective is below another one then
    const auto plan = make_converged_plan(sample.problem(options_for(1.6F, 0.05F)), 0.0);
    std::vector<Costs> costs;
    CHECK(plan->run(5, costs, nullptr) == 1);
    CHECK(plan->has_settled());
    CHECK(plan->step_length() > 0.0);
}

TEST_CASE("the data of a masked pixel do not matter") {
    Sample sample({16, 24}, 2);
    std::vector<float> mask(sample.haadf.size(), 1.0F);
    const std::vector<float> start(2 * sample.haadf.size(), 0.3F);
    mask[50] = mask[200] = 0.0F;
    const auto run_masked = [&] {
        FusionProblem problem = sample.problem(options_for(1.6F, 0.05F));
        problem.mask = mask.data();
        problem.start = start.data();
        return run(problem, 20);
    };
    const Outcome outcome = run_masked();
    sample.maps[0][50] = 0.9F;
    sample.maps[1][200] = 0.1F;
    CHECK(run_masked() == outcome);
    sample.maps[1][201] += 0.5F;
    CHECK(run_masked().maps != outcome.maps);
}
