#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "mmfusion/tutorial_plan.hpp"
#include "reference.hpp"
#include "sample.hpp"

using namespace mmfusion;

namespace {

FusionOptions options_for(TvKind kind, int n_iter_tv, int threads = 1) {
    FusionOptions options;
    options.gamma = 1.6F;
    options.lambda_haadf = 0.3F;
    options.lambda_chem = 0.05F;
    options.lambda_tv = 0.1F;
    options.background = 0.2F;
    options.threshold = 0.3F;
    options.n_iter_tv = n_iter_tv;
    options.tv = kind;
    options.threads = threads;
    return options;
}

struct Expected {
    std::vector<reference::Image> maps;
    std::vector<double> haadf;
    Costs costs;
};

// The same schedule, pixel by pixel.
Expected expect(const Sample& sample, const FusionOptions& options, int n_iter) {
    const auto pixels = static_cast<std::size_t>(sample.shape.pixels());
    Expected out{.maps = {}, .haadf = std::vector<double>(pixels), .costs = {}};
    for (const std::vector<float>& map : sample.maps) {
        out.maps.push_back(reference::as_image(map, sample.shape));
        for (double& x : out.maps.back().data) {
            x = x < static_cast<double>(options.threshold) ? 0.0 : x;
        }
    }
    const double gamma = options.gamma;
    const auto model = [&](std::size_t k) {
        double sum = 0.0;
        for (std::size_t map = 0; map < out.maps.size(); ++map) {
            sum +=
                static_cast<double>(sample.weights[map]) * std::pow(out.maps[map].data[k], gamma);
        }
        return sum;
    };
    for (int iteration = 0; iteration < n_iter; ++iteration) {
        for (std::size_t k = 0; k < pixels; ++k) {
            const double residual = model(k) - static_cast<double>(sample.haadf[k]);
            for (std::size_t map = 0; map < out.maps.size(); ++map) {
                double& x = out.maps[map].data[k];
                const double b = sample.maps[map][k];
                const double haadf_gradient = gamma * std::pow(x, gamma - 1.0) *
                                              static_cast<double>(sample.weights[map]) * residual;
                const double chem_gradient =
                    1.0 - b / (x + static_cast<double>(options.background));
                x = std::max(0.0, x - static_cast<double>(options.lambda_haadf) * haadf_gradient -
                                      static_cast<double>(options.lambda_chem) * chem_gradient);
            }
        }
        for (reference::Image& map : out.maps) {
            map = reference::tv_prox(map, options.lambda_tv, options.n_iter_tv, options.tv, true);
        }
    }
    for (std::size_t k = 0; k < pixels; ++k) {
        out.haadf[k] = model(k);
        const double residual = out.haadf[k] - static_cast<double>(sample.haadf[k]);
        out.costs.haadf += 0.5 * residual * residual;
    }
    for (std::size_t map = 0; map < out.maps.size(); ++map) {
        for (std::size_t k = 0; k < pixels; ++k) {
            const double x = out.maps[map].data[k];
            out.costs.chem += x - static_cast<double>(sample.maps[map][k]) *
                                      std::log(x + static_cast<double>(options.background));
        }
        out.costs.tv += reference::tv_norm(out.maps[map], options.tv);
    }
    return out;
}

Outcome run(const Sample& sample, const FusionOptions& options, int n_iter) {
    const auto plan = make_tutorial_plan(sample.problem(options));
    Outcome outcome = finish(*plan, n_iter);
    CHECK(outcome.costs.size() == static_cast<std::size_t>(n_iter));
    return outcome;
}

Outcome run_in_steps(const Sample& sample, const FusionOptions& options, int n_iter) {
    return step(*make_tutorial_plan(sample.problem(options)), n_iter);
}

}  // namespace

TEST_CASE("a plan equals the schedule in double precision") {
    const Shape shapes[] = {{1, 1}, {1, 40}, {40, 1}, {19, 33}, {12, 1500}};
    for (const Shape shape : shapes) {
        for (const std::size_t n : {1U, 2U, 11U}) {
            for (const TvKind kind : {TvKind::isotropic, TvKind::anisotropic}) {
                for (const int n_iter_tv : {0, 1, 4}) {
                    CAPTURE(shape.rows);
                    CAPTURE(shape.columns);
                    CAPTURE(n);
                    CAPTURE(n_iter_tv);
                    const Sample sample(shape, n);
                    const FusionOptions options = options_for(kind, n_iter_tv);
                    const Expected expected = expect(sample, options, 3);
                    const Outcome outcome = run(sample, options, 3);
                    std::vector<double> maps;
                    for (const reference::Image& map : expected.maps) {
                        maps.insert(maps.end(), map.data.begin(), map.data.end());
                    }
                    CHECK(reference::relative_distance(outcome.maps, maps) < 1e-6);
                    CHECK(reference::relative_distance(outcome.haadf, expected.haadf) < 1e-6);
                    const Costs& last = outcome.costs.back();
                    CHECK(last.haadf == doctest::Approx(expected.costs.haadf).epsilon(1e-5));
                    CHECK(last.chem == doctest::Approx(expected.costs.chem).epsilon(1e-5));
                    CHECK(last.tv == doctest::Approx(expected.costs.tv).epsilon(1e-5));
                }
            }
        }
    }
}

TEST_CASE("images in any units are normalised by offset and factor") {
    const Sample sample({19, 33}, 2);
    Sample scaled = sample;
    const auto rescale = [](std::vector<float>& image, float offset, float factor) {
        for (float& pixel : image) {
            pixel = pixel / factor + offset;
        }
    };
    rescale(scaled.haadf, 3.0F, 0.25F);
    rescale(scaled.maps[0], -2.0F, 0.125F);
    rescale(scaled.maps[1], 5.0F, 0.5F);
    const FusionOptions options = options_for(TvKind::isotropic, 3);
    FusionProblem problem = scaled.problem(options);
    problem.haadf.offset = 3.0F;
    problem.haadf.factor = 0.25F;
    problem.maps[0].image.offset = -2.0F;
    problem.maps[0].image.factor = 0.125F;
    problem.maps[1].image.offset = 5.0F;
    problem.maps[1].image.factor = 0.5F;
    const Outcome expected = run(sample, options, 3);
    const Outcome outcome = finish(*make_tutorial_plan(problem), 3);
    const std::vector<double> maps(expected.maps.begin(), expected.maps.end());
    CHECK(reference::relative_distance(outcome.maps, maps) < 1e-5);
    CHECK(outcome.costs.back().haadf == doctest::Approx(expected.costs.back().haadf).epsilon(1e-5));
    CHECK(outcome.costs.back().chem == doctest::Approx(expected.costs.back().chem).epsilon(1e-5));
}

// Narrow images are fused in staggered passes, wide ones with many maps in tiles.
TEST_CASE("any number of threads gives the same bits, in one run and step by step") {
    struct Case {
        Shape shape;
        std::size_t n;
        int n_iter_tv;
    };
    for (const Case& image : {Case{{200, 100}, 3, 6}, Case{{52, 1300}, 11, 2}}) {
        const Sample sample(image.shape, image.n);
        const auto options = [&](int threads) {
            return options_for(TvKind::isotropic, image.n_iter_tv, threads);
        };
        const Outcome one = run(sample, options(1), 3);
        CHECK(run_in_steps(sample, options(1), 3) == one);
        for (const int threads : {2, 3, 7}) {
            CAPTURE(threads);
            CHECK(run(sample, options(threads), 3) == one);
            CHECK(run_in_steps(sample, options(threads), 3) == one);
        }
    }
}

TEST_CASE("before the first iteration the maps are the measured ones above the threshold") {
    const Sample sample({9, 20}, 1);
    const Outcome outcome = run(sample, options_for(TvKind::isotropic, 3), 0);
    for (std::size_t k = 0; k < outcome.maps.size(); ++k) {
        const float b = sample.maps[0][k];
        CHECK(outcome.maps[k] == (b < 0.3F ? 0.0F : b));
    }
}

TEST_CASE("a stop ends a run after whole iterations, from another thread too") {
    struct Case {
        Shape shape;
        std::size_t n;
    };
    for (const Case& image : {Case{{100, 100}, 2}, Case{{60, 900}, 11}}) {
        for (const int threads : {1, 2, 3}) {
            const Sample sample(image.shape, image.n);
            const FusionOptions options = options_for(TvKind::isotropic, 3, threads);
            const auto plan = make_tutorial_plan(sample.problem(options));
            StopFlag stop;
            std::vector<Costs> costs;
            stop.set();
            CHECK(plan->run(5, costs, &stop) == 0);
            CHECK(costs.empty());
            stop.clear();
            constexpr int many = 100000;
            std::thread stopper([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                stop.set();
            });
            const Outcome outcome = finish(*plan, many, &stop);
            stopper.join();
            CHECK(outcome.costs.size() < many);
            CHECK(run(sample, options, static_cast<int>(outcome.costs.size())) == outcome);
        }
    }
}

TEST_CASE("an abandoned plan ends within a row, and all its threads with it") {
    struct Image {
        Shape shape;
        std::size_t n;
    };
    // One strip, whose passes wait for each other, and several strips.
    for (const Image& image : {Image{{2000, 60}, 2}, Image{{12, 70000}, 1}}) {
        for (const int threads : {1, 3}) {
            CAPTURE(image.shape.columns);
            CAPTURE(threads);
            const Sample sample(image.shape, image.n);
            StopFlag abandon;
            FusionOptions options = options_for(TvKind::isotropic, 3, threads);
            options.abandon = &abandon;
            const auto plan = make_tutorial_plan(sample.problem(options));
            std::thread stopper([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                abandon.set();
            });
            std::vector<Costs> costs;
            constexpr int many = 100000;
            CHECK(plan->run(many, costs, nullptr) < many);
            stopper.join();
            costs.clear();
            CHECK(plan->run(many, costs, nullptr) == 0);
            CHECK(make_tutorial_plan(sample.problem(options))->run(many, costs, nullptr) == 0);
        }
    }
}
