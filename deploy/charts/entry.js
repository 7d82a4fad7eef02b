// What the page's own charts.js needs of ECharts; deploy/vendor.sh bundles it into one module.
export { init, use } from "echarts/core";
export { BarChart, LineChart, PieChart } from "echarts/charts";
export { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
export { SVGRenderer } from "echarts/renderers";
