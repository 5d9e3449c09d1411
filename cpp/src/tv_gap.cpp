#include <algorithm>
#include <cmath>
#include <vector>

#include "mmfusion/tv.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

// One row of an image, its dual and its primal, in double precision.
struct GapRow {
    explicit GapRow(std::size_t columns)
        : dual_y(columns), dual_x(columns), turned_y(columns), turned_x(columns), primal(columns) {}

    std::vector<double> dual_y;
    std::vector<double> dual_x;
    std::vector<double> turned_y;  // (I - xi xi^T) times the dual; without a guide, the dual
    std::vector<double> turned_x;
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
            turn(i, j, y, x);
            row.turned_y[j] = y;
            row.turned_x[j] = x;
            const double divergence =
                y - (i > 0 ? above.turned_y[j] : 0.0) + x - (j > 0 ? row.turned_x[j - 1] : 0.0);
            const double u = static_cast<double>(image_[at]) -
                             static_cast<double>(objective_.weight) * divergence;
            row.primal[j] = objective_.nonnegative ? std::max(0.0, u) : u;
        }
    }

    // Sum over row i of |D u| - <D u, p>, which is not negative for any p inside the unit disc or
    // square. D is the gradient, or (I - xi xi^T) times it.
    [[nodiscard]] double gap(std::int64_t i, const GapRow& row, const GapRow& below) const {
        double sum = 0.0;
        const std::size_t columns = row.primal.size();
        for (std::size_t j = 0; j < columns; ++j) {
            double along_y = row.primal[j] - below.primal[j];
            double along_x = j + 1 < columns ? row.primal[j] - row.primal[j + 1] : 0.0;
            turn(i, j, along_y, along_x);
            const double norm = objective_.kind == TvKind::isotropic
                                    ? std::hypot(along_y, along_x)
                                    : std::abs(along_y) + std::abs(along_x);
            sum += norm - along_y * row.dual_y[j] - along_x * row.dual_x[j];
        }
        return sum;
    }

private:
    void turn(std::int64_t i, std::size_t j, double& y, double& x) const {
        const GuideView& guide = objective_.guide;
        if (guide.y == nullptr) {
            return;
        }
        const std::int64_t at = i * shape_.columns + static_cast<std::int64_t>(j);
        const double guide_y = i + 1 < shape_.rows ? guide.y[at] : 0.0;
        const double guide_x =
            static_cast<std::int64_t>(j) + 1 < shape_.columns ? guide.x[at] : 0.0;
        const double along = guide_y * y + guide_x * x;
        y -= guide_y * along;
        x -= guide_x * along;
    }

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
    require_valid(objective);
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
        sum += rows.gap(i, here, last ? here : below);
        std::swap(here, below);
    }
    return static_cast<double>(objective.weight) * sum;
}

}  // namespace mmfusion
