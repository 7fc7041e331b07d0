import{b as a,c as b}from"./chunk-YGIHT5D4.js";import"./chunk-SVS4XU7U.js";import"./chunk-3QAUXVJU.js";import"./chunk-MNLDQOQE.js";export{a as mountEditor,b as openEditor};
