import{b as a,c as b}from"./chunk-EZRILU72.js";import"./chunk-RGZIKFEW.js";import"./chunk-OZIPMWSF.js";import"./chunk-EHMMZUB2.js";export{a as mountEditor,b as openEditor};
