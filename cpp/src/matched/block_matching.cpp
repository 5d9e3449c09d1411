#include "matched/block_matching.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "kernels/block_kernels.hpp"

namespace mmfusion {
namespace {

constexpr std::size_t fewest_matches = 16;
// Two noisy blocks of the same signal differ by 2 x 64 on average, with a deviation of 23.
constexpr float largest_distance = 200.0F;
constexpr std::int64_t padding = 32;  // on both sides of a row: reach and overrun
static_assert(padding >= search_reach && padding >= distance_overrun);

using Match = std::pair<float, std::uint16_t>;  // distance and index of the offset

std::int64_t side_of_grid(std::int64_t last) {
    return (last + BlockGrid::spacing - 1) / BlockGrid::spacing + 1;
}

}  // namespace

BlockGrid::BlockGrid(std::int64_t side) noexcept
    : last_(side - block_side), size_(side_of_grid(last_)) {}

// The best matches so far of all blocks in a row of the grid.
struct BlockMatches::Candidates {
    Candidates(std::int64_t blocks, std::int64_t row_length)
        : best(static_cast<std::size_t>(blocks)),
          sums(static_cast<std::size_t>(row_length)),
          distances(static_cast<std::size_t>(row_length)) {
        for (std::vector<Match>& each : best) {
            each.reserve(most_matches + 1);
        }
    }

    std::vector<std::vector<Match>> best;  // heaps, the worst first
    std::vector<float> sums;
    std::vector<float> distances;
};

BlockMatches::BlockMatches(Shape shape)
    : shape_(shape),
      rows_(shape.rows),
      columns_(shape.columns),
      stride_(shape.columns + 2 * padding),
      padded_(make_zeroed_buffer(stride_ * shape.rows)),
      found_(static_cast<std::size_t>(rows_.size() * columns_.size() * most_matches)),
      sizes_(static_cast<std::size_t>(rows_.size() * columns_.size())) {
    for (std::int64_t y = -search_reach; y <= search_reach; ++y) {
        for (std::int64_t x = -search_reach; x <= search_reach; ++x) {
            offsets_.push_back({.y = y, .x = x});
        }
    }
    std::ranges::stable_sort(offsets_, {}, [](const Offset& offset) {
        return offset.y * offset.y + offset.x * offset.x;
    });
}

void BlockMatches::copy_padded(const float* image, std::int64_t stride) {
    for (std::int64_t row = 0; row < shape_.rows; ++row) {
        std::copy_n(image + row * stride, shape_.columns, padded_.get() + row * stride_ + padding);
    }
}

void BlockMatches::find(const float* image, std::int64_t stride, ThreadPool& pool,
                        const std::function<bool()>& must_end) {
    copy_padded(image, stride);
    std::vector<Candidates> candidates;
    candidates.reserve(static_cast<std::size_t>(pool.size()));
    for (int worker = 0; worker < pool.size(); ++worker) {
        candidates.emplace_back(columns_.size(), stride_);
    }
    pool.run(rows_.size(), [&](std::int64_t row, int worker) {
        if (!must_end()) {
            Candidates& own = candidates[static_cast<std::size_t>(worker)];
            search_row(row, own);
            keep(row, own);
        }
    });
}

void BlockMatches::search_row(std::int64_t row, Candidates& candidates) {
    for (std::vector<Match>& best : candidates.best) {
        best.clear();
    }
    const std::int64_t y = rows_.start(row);
    const float* image = padded_.get() + y * stride_ + padding;
    const std::int64_t last_y = shape_.rows - block_side;
    const std::int64_t last_x = shape_.columns - block_side;
    for (std::size_t index = 0; index < offsets_.size(); ++index) {
        const auto [dy, dx] = offsets_[index];
        if (y + dy < 0 || y + dy > last_y || last_x + dx < 0 || dx > last_x) {
            continue;
        }
        block_kernels().distances({.image = image,
                                   .other = image + dy * stride_ + dx,
                                   .stride = stride_,
                                   .sums = candidates.sums.data(),
                                   .distances = candidates.distances.data(),
                                   .positions = last_x + 1});
        for (std::int64_t column = 0; column < columns_.size(); ++column) {
            const std::int64_t x = columns_.start(column);
            if (x + dx < 0 || x + dx > last_x) {
                continue;
            }
            std::vector<Match>& best = candidates.best[static_cast<std::size_t>(column)];
            // The block itself always belongs to its group.
            const float distance =
                index == 0 ? -1.0F : candidates.distances[static_cast<std::size_t>(x)];
            if (best.size() == most_matches) {
                if (distance >= best.front().first) {
                    continue;  // nearer blocks win among equal ones
                }
                std::ranges::pop_heap(best);
                best.pop_back();
            }
            best.emplace_back(distance, static_cast<std::uint16_t>(index));
            std::ranges::push_heap(best);
        }
    }
}

void BlockMatches::keep(std::int64_t row, Candidates& candidates) {
    for (std::int64_t column = 0; column < columns_.size(); ++column) {
        std::vector<Match>& best = candidates.best[static_cast<std::size_t>(column)];
        std::ranges::sort_heap(best);
        const auto alike = static_cast<std::size_t>(std::ranges::count_if(
            best, [](const Match& match) { return match.first <= largest_distance; }));
        const std::size_t size =
            std::bit_floor(std::min(best.size(), std::max(alike, fewest_matches)));
        const auto group = static_cast<std::size_t>(row * columns_.size() + column);
        sizes_[group] = static_cast<std::uint8_t>(size);
        for (std::size_t k = 0; k < size; ++k) {
            found_[group * most_matches + k] = best[k].second;
        }
    }
}

std::int64_t BlockMatches::group(std::int64_t row, std::int64_t column, std::int64_t stride,
                                 std::int64_t* starts) const noexcept {
    const auto group = static_cast<std::size_t>(row * columns_.size() + column);
    const std::int64_t start = rows_.start(row) * stride + columns_.start(column);
    for (std::size_t k = 0; k < sizes_[group]; ++k) {
        const Offset& offset = offsets_[found_[group * most_matches + k]];
        starts[k] = start + offset.y * stride + offset.x;
    }
    return sizes_[group];
}

}  // namespace mmfusion
