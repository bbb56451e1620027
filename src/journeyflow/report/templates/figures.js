(function () {
  "use strict";
  var plots = document.querySelectorAll(".plot");
  // Read aloud, a drawing's loose labels say nothing; the summary beside it and its table do.
  plots.forEach(function (plot) {
    plot.querySelectorAll(".main-svg").forEach(function (svg) {
      svg.setAttribute("aria-hidden", "true");
    });
  });
  // A figure drawn for the screen is too wide for paper, so it is drawn again for the sheet.
  addEventListener("beforeprint", function () {
    plots.forEach(function (plot) { Plotly.relayout(plot, { width: 1000 }); });
  });
  addEventListener("afterprint", function () {
    plots.forEach(function (plot) { Plotly.relayout(plot, { width: null, autosize: true }); });
  });
})();
