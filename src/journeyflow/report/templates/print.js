// A figure drawn for the screen is too wide for paper, so it is drawn again for the sheet.
(function () {
  "use strict";
  var plots = document.querySelectorAll(".plot");
  addEventListener("beforeprint", function () {
    plots.forEach(function (plot) { Plotly.relayout(plot, { width: 1000 }); });
  });
  addEventListener("afterprint", function () {
    plots.forEach(function (plot) { Plotly.relayout(plot, { width: null, autosize: true }); });
  });
})();
