#include <algorithm>
#include <cmath>
#include <vector>

#include "mmfusion/tv.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

// One row of an image, its dual and its primal, in double precision.
struct GapRow {
    explicit GapRow(std::size_t columns) : dual_y(columns), dual_x(columns), primal(columns) {}

    std::vector<double> dual_y;
    std::vector<double> dual_x;
    std::vector<double> primal;
};

class GapRows {
public:
    GapRows(const float* image, Shape shape, const TvObjective& objective, DualView dual)
        : image_(image), shape_(shape), objective_(objective), dual_(dual) {}

    // Fills `row` with row i; `above` is row i - 1.
    void read(std::int64_t i, const GapRow& above, GapRow& row) const {
        const std::int64_t start = i * shape_.columns;
        for (std::size_t j = 0; j < row.primal.size(); ++j) {
            const auto at = start + static_cast<std::int64_t>(j);
            double y = dual_.y[at];
            double x = dual_.x[at];
            project(y, x);
            row.dual_y[j] = y;
            row.dual_x[j] = x;
            const double divergence =
                y - (i > 0 ? above.dual_y[j] : 0.0) + x - (j > 0 ? row.dual_x[j - 1] : 0.0);
            const double u = static_cast<double>(image_[at]) -
                             static_cast<double>(objective_.weight) * divergence;
            row.primal[j] = objective_.nonnegative ? std::max(0.0, u) : u;
        }
    }

    // Sum over a row of |grad u| - <grad u, p>, which is not negative for any p inside the unit
    // disc or square.
    [[nodiscard]] double gap(const GapRow& row, const GapRow& below) const {
        double sum = 0.0;
        const std::size_t columns = row.primal.size();
        for (std::size_t j = 0; j < columns; ++j) {
            const double along_y = row.primal[j] - below.primal[j];
            const double along_x = j + 1 < columns ? row.primal[j] - row.primal[j + 1] : 0.0;
            const double norm = objective_.kind == TvKind::isotropic
                                    ? std::hypot(along_y, along_x)
                                    : std::abs(along_y) + std::abs(along_x);
            sum += norm - along_y * row.dual_y[j] - along_x * row.dual_x[j];
        }
        return sum;
    }

private:
    // Rounding to single precision can put a dual just outside; the certificate needs it inside.
    void project(double& y, double& x) const {
        if (objective_.kind == TvKind::isotropic) {
            const double length = std::max(1.0, std::hypot(y, x));
            y /= length;
            x /= length;
        } else {
            y = std::clamp(y, -1.0, 1.0);
            x = std::clamp(x, -1.0, 1.0);
        }
    }

    const float* image_;
    Shape shape_;
    TvObjective objective_;
    DualView dual_;
};

}  // namespace

// The gap 1/2||u-b||^2 + lambda TV(u) - (1/2||b||^2 - 1/2||u||^2) is the difference of large
// numbers; with u = max(0, b - lambda L(p)) it equals lambda (TV(u) - <grad u, p>), a sum of
// terms that are all small.
double tv_duality_gap(const float* image, Shape shape, const TvObjective& objective,
                      DualView dual) {
    require_valid(shape);
    require(image != nullptr && dual.y != nullptr && dual.x != nullptr, "an image is missing");
    require(std::isfinite(objective.weight) && objective.weight >= 0.0F,
            "weight must be finite and at least 0");
    const GapRows rows(image, shape, objective, dual);
    const auto columns = static_cast<std::size_t>(shape.columns);
    GapRow here(columns);
    GapRow below(columns);
    rows.read(0, here, here);
    double sum = 0.0;
    for (std::int64_t i = 0; i < shape.rows; ++i) {
        const bool last = i + 1 == shape.rows;
        if (!last) {
            rows.read(i + 1, here, below);
        }
        sum += rows.gap(here, last ? here : below);
        std::swap(here, below);
    }
    return static_cast<double>(objective.weight) * sum;
}

}  // namespace mmfusion
