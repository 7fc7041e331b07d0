import{b as a,c as b}from"./chunk-2INMLKJ5.js";import"./chunk-CY65XVTV.js";import"./chunk-YTZRW5MH.js";import"./chunk-3FTWZSPR.js";export{a as mountEditor,b as openEditor};
