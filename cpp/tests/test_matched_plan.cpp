// The matched solver: its transforms, matches, inverse of Anscombe's transform, and threads.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "kernels/block_kernels.hpp"
#include "kernels/levels.hpp"
#include "matched/anscombe.hpp"
#include "matched/block_matching.hpp"
#include "mmfusion/matched_plan.hpp"
#include "mmfusion/simd_level.hpp"
#include "reference.hpp"
#include "sample.hpp"

using namespace mmfusion;

namespace {

FusionOptions options_for(int threads = 1) {
    FusionOptions options;
    options.gamma = 1.0F;
    options.background = 1.0F;
    options.threads = threads;
    return options;
}

MatchedTerms terms_for(std::size_t n, float counts = 20.0F) {
    return {.counts = std::vector<float>(n, counts), .haadf_counts = 400.0F};
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
    }
    return sum;
}

std::vector<float> poisson(double mean, std::int64_t count, unsigned seed) {
    std::mt19937 generator(seed);
    std::poisson_distribution<int> draw(mean);
    std::vector<float> values(static_cast<std::size_t>(count));
    std::generate(values.begin(), values.end(),
                  [&] { return static_cast<float>(draw(generator)); });
    return values;
}

}  // namespace

TEST_CASE("the transform of a group is orthonormal, and its first value the mean") {
    for (const std::int64_t blocks : {1, 2, 16, 64}) {
        CAPTURE(blocks);
        const std::int64_t size = blocks * block_size;
        const std::vector<float> a = reference::random_pixels(size, 3);
        const std::vector<float> b = reference::random_pixels(size, 4);
        std::vector<float> a_transformed = a;
        std::vector<float> b_transformed = b;
        block_kernels().transform(a_transformed.data(), blocks);
        block_kernels().transform(b_transformed.data(), blocks);
        CHECK(dot(a_transformed, b_transformed) == doctest::Approx(dot(a, b)).epsilon(1e-5));
        double mean = 0.0;
        for (const float value : a) {
            mean += static_cast<double>(value) / std::sqrt(static_cast<double>(size));
        }
        CHECK(static_cast<double>(a_transformed[0]) == doctest::Approx(mean).epsilon(1e-5));
        block_kernels().inverse(a_transformed.data(), blocks);
        for (std::size_t k = 0; k < a.size(); ++k) {
            CHECK(a_transformed[k] == doctest::Approx(a[k]).epsilon(1e-5).scale(1.0));
        }
    }
}

TEST_CASE("the transform of a block is the discrete cosine transform") {
    constexpr double pi = 3.14159265358979323846;
    std::vector<float> block = reference::random_pixels(block_size, 5);
    const std::vector<float> before = block;
    block_kernels().transform(block.data(), 1);
    const auto cosine = [&](std::int64_t u, std::int64_t x) {
        const double scale = u == 0 ? std::sqrt(1.0 / 8.0) : 0.5;
        return scale *
               std::cos((2.0 * static_cast<double>(x) + 1.0) * static_cast<double>(u) * pi / 16.0);
    };
    for (std::int64_t v = 0; v < block_side; ++v) {
        for (std::int64_t u = 0; u < block_side; ++u) {
            double sum = 0.0;
            for (std::int64_t k = 0; k < block_size; ++k) {
                sum += cosine(v, k / block_side) * cosine(u, k % block_side) *
                       static_cast<double>(before[static_cast<std::size_t>(k)]);
            }
            CHECK(static_cast<double>(block[static_cast<std::size_t>(v * block_side + u)]) ==
                  doctest::Approx(sum).epsilon(1e-5).scale(1.0));
        }
    }
}

#if defined(__x86_64__) || defined(_M_X64)
TEST_CASE("the kernels of blocks agree on all levels") {
    if (available_simd_levels().size() == 1) {
        return;
    }
    constexpr std::int64_t blocks = 16;
    std::vector<float> group = reference::random_pixels(blocks * block_size, 6);
    std::vector<float> other = group;
    const std::vector<float> pilot = reference::random_pixels(blocks * block_size, 7);
    const BlockKernels one = baseline::make_block_kernels();
    const BlockKernels two = avx2::make_block_kernels();
    one.transform(group.data(), blocks);
    two.transform(other.data(), blocks);
    CHECK(one.threshold(group.data(), blocks, 0.3F) == two.threshold(other.data(), blocks, 0.3F));
    CHECK(one.shrink(group.data(), pilot.data(), blocks, 0.1F) ==
          doctest::Approx(two.shrink(other.data(), pilot.data(), blocks, 0.1F)).epsilon(1e-5));
    one.inverse(group.data(), blocks);
    two.inverse(other.data(), blocks);
    for (std::size_t k = 0; k < group.size(); ++k) {
        CHECK(group[k] == doctest::Approx(other[k]).epsilon(1e-5).scale(1.0));
    }
}
#endif

TEST_CASE("the inverse of the transform of Anscombe is unbiased") {
    constexpr std::int64_t draws = 1'000'000;
    for (const double mean : {0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0}) {
        CAPTURE(mean);
        double sum = 0.0;
        double squares = 0.0;
        for (const float counts : poisson(mean, draws, 8)) {
            const auto value = static_cast<double>(anscombe(counts));
            sum += value;
            squares += value * value;
        }
        const double of_transformed = sum / static_cast<double>(draws);
        const double variance =
            squares / static_cast<double>(draws) - of_transformed * of_transformed;
        // Four standard deviations of the mean of so many draws.
        const double error = 4.0 * std::sqrt(mean / static_cast<double>(draws));
        CHECK(std::abs(static_cast<double>(inverse_anscombe(static_cast<float>(of_transformed))) -
                       mean) < error);
        if (mean < 50.0) {
            CHECK(static_cast<double>(variance_of_anscombe(static_cast<float>(of_transformed))) ==
                  doctest::Approx(variance).epsilon(0.01));
        }
    }
    CHECK(inverse_anscombe(0.0F) == 0.0F);
    CHECK(inverse_anscombe(anscombe(0.0F)) == doctest::Approx(0.0F));
    CHECK(inverse_anscombe(std::numeric_limits<float>::quiet_NaN()) == 0.0F);
    CHECK(inverse_anscombe(anscombe(1e9F)) == doctest::Approx(1e9F).epsilon(1e-5));
    // The table goes over into the formula for many counts.
    CHECK(inverse_anscombe(14.1999F) == doctest::Approx(inverse_anscombe(14.2001F)).epsilon(1e-4));
    CHECK(anscombe(-3.0F) == anscombe(0.0F));
}

TEST_CASE("a group holds the block itself, blocks nearby and no block twice") {
    for (const Shape shape : {Shape{8, 8}, Shape{8, 50}, Shape{61, 9}, Shape{47, 44}}) {
        ThreadPool pool(2);
        BlockMatches matches(shape);
        const std::vector<float> image = reference::random_pixels(shape.pixels(), 9);
        matches.find(image.data(), shape.columns, pool, [] { return false; });
        std::vector<bool> covered(static_cast<std::size_t>(shape.pixels()));
        for (std::int64_t row = 0; row < matches.rows().size(); ++row) {
            for (std::int64_t column = 0; column < matches.columns().size(); ++column) {
                std::int64_t starts[most_matches];
                const std::int64_t blocks = matches.group(row, column, shape.columns, starts);
                const std::int64_t y = matches.rows().start(row);
                const std::int64_t x = matches.columns().start(column);
                CHECK(starts[0] == y * shape.columns + x);
                CHECK(std::set<std::int64_t>(starts, starts + blocks).size() ==
                      static_cast<std::size_t>(blocks));
                for (std::int64_t k = 0; k < blocks; ++k) {
                    const std::int64_t other_y = starts[k] / shape.columns;
                    const std::int64_t other_x = starts[k] % shape.columns;
                    CHECK(std::abs(other_y - y) <= search_reach);
                    CHECK(std::abs(other_x - x) <= search_reach);
                    CHECK(other_y <= shape.rows - block_side);
                    CHECK(other_x <= shape.columns - block_side);
                }
                for (std::int64_t k = 0; k < block_size; ++k) {
                    const std::int64_t at =
                        starts[0] + k / block_side * shape.columns + k % block_side;
                    covered[static_cast<std::size_t>(at)] = true;
                }
            }
        }
        CHECK(std::all_of(covered.begin(), covered.end(), [](bool each) { return each; }));
    }
}

TEST_CASE("in a periodic image all blocks of a group are equal") {
    const Shape shape{64, 64};
    constexpr std::int64_t period = 5;
    std::vector<float> image(static_cast<std::size_t>(shape.pixels()));
    const std::vector<float> cell = reference::random_pixels(period * period, 10);
    for (std::int64_t at = 0; at < shape.pixels(); ++at) {
        const std::int64_t y = at / shape.columns % period;
        const std::int64_t x = at % shape.columns % period;
        image[static_cast<std::size_t>(at)] =
            100.0F * cell[static_cast<std::size_t>(y * period + x)];
    }
    ThreadPool pool(1);
    BlockMatches matches(shape);
    matches.find(image.data(), shape.columns, pool, [] { return false; });
    std::int64_t starts[most_matches];
    CHECK(matches.group(0, 0, shape.columns, starts) == 16);
    for (std::int64_t k = 0; k < 16; ++k) {
        CHECK(starts[k] / shape.columns % period == 0);
        CHECK(starts[k] % shape.columns % period == 0);
    }
}

TEST_CASE("the matched solver gives the same bits for any number of threads, in steps or at once") {
    for (const Shape shape : {Shape{8, 8}, Shape{8, 40}, Shape{150, 20}, Shape{101, 64}}) {
        const Sample sample(shape, 3);
        const auto plan = [&](int threads) {
            return make_matched_plan(sample.problem(options_for(threads)), terms_for(3));
        };
        const Outcome expected = finish(*plan(1), 2);
        CHECK(expected.costs.size() == 2);
        for (const int threads : {1, 2, 5}) {
            CHECK(finish(*plan(threads), 7) == expected);
            CHECK(step(*plan(threads), 2) == expected);
        }
    }
}

TEST_CASE("a map stays the same if others are added") {
    const Sample sample({40, 33}, 2);
    FusionProblem alone = sample.problem(options_for());
    alone.maps.resize(1);
    const Outcome both = finish(*make_matched_plan(sample.problem(options_for()), terms_for(2)), 2);
    const Outcome one = finish(*make_matched_plan(alone, terms_for(1)), 2);
    CHECK(std::equal(one.maps.begin(), one.maps.end(), both.maps.begin()));
}

TEST_CASE("a flat map becomes flat at its level, and never negative") {
    Sample sample({96, 96}, 1);
    for (const double mean : {0.5, 2.0, 10.0}) {
        sample.maps[0] = poisson(mean, sample.shape.pixels(), 11);
        const Outcome outcome =
            finish(*make_matched_plan(sample.problem(options_for()), terms_for(1, 1.0F)), 2);
        double sum = 0.0;
        double squares = 0.0;
        for (const float value : outcome.maps) {
            CHECK(value >= 0.0F);
            sum += static_cast<double>(value);
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        const auto pixels = static_cast<double>(outcome.maps.size());
        CHECK(sum / pixels == doctest::Approx(mean).epsilon(0.03));
        CHECK(squares / pixels - sum * sum / pixels / pixels < 0.02 * mean);
    }
}

TEST_CASE("masked pixels do not matter to other data") {
    Sample sample({40, 40}, 1);
    std::vector<float> mask(static_cast<std::size_t>(sample.shape.pixels()), 1.0F);
    for (std::size_t k = 3; k < mask.size(); k += 17) {
        mask[k] = 0.0F;
    }
    FusionProblem problem = sample.problem(options_for());
    problem.mask = mask.data();
    const Outcome masked = finish(*make_matched_plan(problem, terms_for(1)), 2);
    const Outcome whole =
        finish(*make_matched_plan(sample.problem(options_for()), terms_for(1)), 2);
    CHECK(masked.maps != whole.maps);
    CHECK(masked.costs[0].chem < whole.costs[0].chem);
}

TEST_CASE("a stop leaves what was complete, and nothing else") {
    const Sample sample({60, 60}, 2);
    StopFlag stop;
    const auto solver = make_matched_plan(sample.problem(options_for(2)), terms_for(2));
    std::vector<Costs> costs;
    CHECK(solver->run(1, costs, &stop) == 1);
    CHECK_FALSE(solver->has_settled());
    stop.set();
    CHECK(solver->run(1, costs, &stop) == 0);
    Costs untouched;
    CHECK_FALSE(solver->step(&stop, untouched, nullptr, nullptr));
    CHECK(untouched.chem == 0.0);
    stop.clear();
    CHECK(solver->run(5, costs, &stop) == 1);
    CHECK(solver->has_settled());
    const Outcome expected =
        finish(*make_matched_plan(sample.problem(options_for()), terms_for(2)), 2);
    CHECK(finish(*solver, 1).maps == expected.maps);
    CHECK_THROWS_AS(solver->step(nullptr, nullptr), std::invalid_argument);
    stop.set();
    const auto nothing = make_matched_plan(sample.problem(options_for()), terms_for(2));
    const Outcome start = finish(*nothing, 2, &stop);
    CHECK(start.costs.empty());
    CHECK(std::equal(sample.maps[0].begin(), sample.maps[0].end(), start.maps.begin()));
}

TEST_CASE("an estimate that was interrupted is completed later") {
    const Sample sample({200, 200}, 2);
    const Outcome expected =
        finish(*make_matched_plan(sample.problem(options_for()), terms_for(2)), 2);
    StopFlag stop;
    const auto solver = make_matched_plan(sample.problem(options_for(2)), terms_for(2));
    std::vector<Costs> costs;
    int interruptions = 0;
    for (int wait = 1; !solver->has_settled(); wait *= 2) {
        std::thread clock([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(wait));
            stop.set();
        });
        solver->run(2, costs, &stop);
        clock.join();
        stop.clear();
        ++interruptions;
    }
    CHECK(interruptions > 1);
    CHECK(costs.size() == 2);
    CHECK(finish(*solver, 0).maps == expected.maps);
}

TEST_CASE("the matched solver refuses invalid values") {
    const Sample small({7, 30}, 1);
    CHECK_THROWS_AS(make_matched_plan(small.problem(options_for()), terms_for(1)),
                    std::invalid_argument);
    const Sample sample({9, 9}, 1);
    const FusionProblem problem = sample.problem(options_for());
    CHECK_THROWS_AS(make_matched_plan(problem, terms_for(2)), std::invalid_argument);
    CHECK_THROWS_AS(make_matched_plan(problem, terms_for(1, 0.0F)), std::invalid_argument);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (float MatchedTerms::* const member :
         {&MatchedTerms::strength, &MatchedTerms::haadf_counts, &MatchedTerms::haadf_dark}) {
        MatchedTerms terms = terms_for(1);
        terms.*member = nan;
        CHECK_THROWS_AS(make_matched_plan(problem, terms), std::invalid_argument);
    }
}
