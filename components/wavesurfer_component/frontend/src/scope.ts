/** Owns everything that listens, so that nothing is left behind when the component goes. */
export class Scope {
  private endings: (() => void)[] = [];
  private redraws: (() => void)[] = [];
  private over = false;

  get ended(): boolean {
    return this.over;
  }

  /** Run when the scope ends. */
  add(ending: () => void): void {
    this.endings.push(ending);
  }

  /** What to do when the page around it may look different. */
  onRedraw(action: () => void): void {
    this.redraws.push(action);
  }

  redraw(): void {
    for (const action of this.redraws) action();
  }

  on<K extends keyof HTMLElementEventMap>(
    target: HTMLElement,
    name: K,
    listener: (event: HTMLElementEventMap[K]) => void,
    options?: AddEventListenerOptions,
  ): void {
    target.addEventListener(name, listener, options);
    this.add(() => target.removeEventListener(name, listener, options));
  }

  onWindow<K extends keyof WindowEventMap>(name: K, listener: (event: WindowEventMap[K]) => void, capture = false): void {
    window.addEventListener(name, listener, capture);
    this.add(() => window.removeEventListener(name, listener, capture));
  }

  every(milliseconds: number, action: () => void): void {
    const timer = window.setInterval(action, milliseconds);
    this.add(() => window.clearInterval(timer));
  }

  end(): void {
    this.over = true;
    for (const ending of this.endings.splice(0).reverse()) ending();
  }
}
