import{b as a,c as b}from"./chunk-Q27HOPEY.js";import"./chunk-3RLX3ILX.js";import"./chunk-IMLQIYUO.js";import"./chunk-PIESFM5H.js";export{a as mountEditor,b as openEditor};
