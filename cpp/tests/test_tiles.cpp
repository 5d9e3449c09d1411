#include <doctest/doctest.h>

#include <vector>

#include "tiles.hpp"

using namespace mmfusion;

TEST_CASE("every pixel is owned by one tile, and halos stay inside the image") {
    const Shape shapes[] = {{1, 1}, {1, 5000}, {5000, 1}, {300, 700}, {2000, 40}};
    for (const Shape shape : shapes) {
        for (const int threads : {1, 2, 7}) {
            const Tiling tiling = make_tiling(shape, 4, 256, threads, 60.0);
            std::vector<int> owners(static_cast<std::size_t>(shape.pixels()), 0);
            for (const Tile& tile : tiling.tiles) {
                CHECK(tile.read_rows.begin >= 0);
                CHECK(tile.read_rows.end <= shape.rows);
                CHECK(tile.read_columns.size() <= tiling.most_columns);
                CHECK(tile.strip < tiling.strips);
                for (std::int64_t i = tile.rows.begin; i < tile.rows.end; ++i) {
                    for (std::int64_t j = tile.columns.begin; j < tile.columns.end; ++j) {
                        ++owners[static_cast<std::size_t>(i * shape.columns + j)];
                    }
                }
            }
            CHECK(owners == std::vector<int>(static_cast<std::size_t>(shape.pixels()), 1));
        }
    }
}

TEST_CASE("strips do not depend on the number of threads") {
    const Shape shape{3000, 3000};
    CHECK(make_tiling(shape, 4, 700, 1, 60.0).strips == make_tiling(shape, 4, 700, 5, 60.0).strips);
    CHECK(make_tiling(shape, 4, 700, 5, 60.0).tiles.size() > 5);
}

TEST_CASE("images with more pixels than fit 32 bits are cut without overflow") {
    constexpr std::int64_t side = std::int64_t{1} << 32;
    for (const Shape shape : {Shape{65537, 65539}, Shape{side, 3}, Shape{3, side}}) {
        CHECK_NOTHROW(require_valid(shape));
        for (const int threads : {1, 7}) {
            const Tiling tiling = make_tiling(shape, 40, 1 << 20, threads, 60.0);
            std::int64_t owned = 0;
            for (const Tile& tile : tiling.tiles) {
                CHECK(tile.read_rows.begin >= 0);
                CHECK(tile.read_rows.end <= shape.rows);
                CHECK(tile.read_columns.begin >= 0);
                CHECK(tile.read_columns.end <= shape.columns);
                owned += tile.rows.size() * tile.columns.size();
            }
            CHECK(owned == shape.pixels());
        }
    }
}
