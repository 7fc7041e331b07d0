function r(n){return n?{"LabelBuddy-Person":n}:{}}export{r as a};
