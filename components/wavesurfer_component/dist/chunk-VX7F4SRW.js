import{a}from"./chunk-INOU6PYD.js";export{a as default};
