namespace TacHost.Tests.Reloading;

/// <summary>Edits whose effect on a service is hidden, and edits without one: the service is replaced for each of the first, and stays for each of the second.</summary>
public sealed class HiddenEditsTests
{
    /// <summary>What the texts may use beside the prelude, and a service that no edit concerns.</summary>
    private const string Before = "T It<T>(T service) where T : IService => Add(service, \"it\"); void Use(object value) { } Add(new Holder(\"bystander\"), \"bystander\");\n";

    /// <summary>An edit, the text around it, and what stands in place of § before and after it.</summary>
    public static TheoryData<string, string, string, string> Edits => new()
    {
        // Calls.
        { "callee of a callee", "int F() => G(); int G() => §; It(Timer(() => Use(F())));", "1", "2" },
        { "callee of a class", "class A { public static int F() => B.F(); } class B { public static int F() => §; } It(Timer(() => Use(A.F())));", "1", "2" },
        { "recursion", "int F(int n) => n == 0 ? § : F(n - 1); It(Timer(() => Use(F(3))));", "1", "2" },
        { "mutual recursion", "int F(int n) => n == 0 ? 0 : G(n - 1); int G(int n) => n == 0 ? § : F(n - 1); It(Timer(() => Use(F(3))));", "1", "2" },
        { "method group", "void F() => Use(§); It(Timer(F));", "1", "2" },
        { "method group of an object", "class A(int x) { public void F() => Console.Write(x); } It(Timer(new A(§).F));", "1", "2" },
        { "local function of a local function", "void F() { G(); void G() { H(); void H() => Use(§); } } It(Timer(F));", "1", "2" },
        { "static local function", "int F() { return G(); static int G() => §; } It(Timer(() => Use(F())));", "1", "2" },
        { "property of the script", "int P => §; It(Timer(() => Use(P)));", "1", "2" },
        { "indexer", "class A { public int this[int i] => §; } It(Timer(() => Use(new A()[0])));", "1", "2" },
        { "operator", "class A { public static A operator +(A one, A other) => § ? one : other; } It(Timer(() => Use(new A() + new A())));", "true", "false" },
        { "conversion", "class A { public static implicit operator int(A a) => §; } It(Timer(() => { int x = new A(); Use(x); }));", "1", "2" },
        { "accessor of an event", "class A { public event Action E { add { Console.Write(§); } remove { } } } It(Timer(() => new A().E += () => { }));", "1", "2" },
        { "constructor", "class A { public A() { Console.Write(§); } } It(Timer(() => new A()));", "1", "2" },
        { "extension method", "static int F(this string text) => §; It(Timer(() => Use(\"\".F())));", "1", "2" },
        { "overload", "int F(§ x) => 1; It(Timer(() => Use(F(1))));", "int", "long" },
        { "call by name", "class A { public int F() => §; } It(Timer(() => { dynamic a = new A(); Use(a.F()); }));", "1", "2" },
        { "name in a dynamic call", "It(Timer(() => { dynamic a = \"\"; Use(a.§()); }));", "Trim", "ToUpper" },
        { "imported function", "class A { [System.Runtime.InteropServices.DllImport(\"libc\", EntryPoint = \"§\")] public static extern int F(); } It(Timer(() => Use(A.F())));", "getpid", "getppid" },

        // Lambdas and what they capture.
        { "lambda in a lambda", "It(Timer(() => { Action a = () => Use(§); a(); }));", "1", "2" },
        { "lambda in a variable", "Func<int> f = () => §; It(Timer(() => Use(f())));", "1", "2" },
        { "lambda in a list", "var l = new List<Func<int>> { () => § }; It(new Holder(l));", "1", "2" },
        { "lambda in an event", "class A { public event Func<int> E; public int F() => E(); } var a = new A(); a.E += () => §; It(new Holder(a));", "1", "2" },
        { "lambda for a lazy value", "It(new Holder(new Lazy<int>(() => §)));", "1", "2" },
        { "lambda of a comparer", "It(new Holder(new SortedSet<int>(Comparer<int>.Create((x, y) => §)) { 1 }));", "x - y", "y - x" },
        { "order of functions", "Action f = () => Use(1), g = () => Use(2); It(Timer(§));", "f + g", "g + f" },
        { "captured local", "{ var x = §; It(Timer(() => Use(x))); }", "1", "2" },
        { "captured parameter", "void Make(int n) => It(Timer(() => Use(n))); Make(§);", "1", "2" },
        { "captured by two levels", "Action Make(int n) { Func<int> g = () => n; return () => Use(g()); } It(Timer(Make(§)));", "1", "2" },
        { "captured of an outer block", "{ var x = §; { var y = 1; It(Timer(() => Use(x + y))); } }", "1", "2" },
        { "captured object", "class A(int x) { public Action F() => () => Console.Write(x); } It(Timer(new A(§).F()));", "1", "2" },
        { "changed after it was captured", "{ var x = 0; It(Timer(() => Use(x))); x = §; }", "1", "2" },
        { "exchanged locals of one name", "{ var x = §; It(Timer(() => Use(x))); } { var x = 3; Use(x); }", "1", "3" },
        { "asynchronous lambda", "It(new TimerService(TimeSpan.FromHours(1), async () => { await Task.Yield(); Use(§); }));", "1", "2" },
        { "asynchronous function", "async Task<int> F() { await Task.Yield(); return §; } It(Timer(() => Use(F())));", "1", "2" },
        { "iterator", "IEnumerable<int> F() { yield return 1; yield return §; } It(Timer(() => Use(F())));", "1", "2" },
        { "expression tree", "System.Linq.Expressions.Expression<Func<int, int>> e = x => x + §; It(new Holder(e));", "1", "2" },

        // Statics and constants.
        { "static field", "class A { public static int X = §; } It(Timer(() => Use(A.X)));", "1", "2" },
        { "static property", "class A { public static int X { get; } = §; } It(Timer(() => Use(A.X)));", "1", "2" },
        { "static constructor", "class A { public static int X; static A() { X = §; } } It(Timer(() => Use(A.X)));", "1", "2" },
        { "static of a nested class", "class A { public class B { public static int X; } } A.B.X = §; It(Timer(() => Use(A.B.X)));", "1", "2" },
        { "static of a base class", "class A : Service { protected static int X; public static void Set(int x) => X = x; } class B : A { int F() => X; } A.Set(§); It(new B());", "1", "2" },
        { "static of a generic class", "class A<T> { public static int X; } A<int>.X = §; It(Timer(() => Use(A<int>.X)));", "1", "2" },
        { "static of the script", "static int x = §; It(Timer(() => Use(x)));", "1", "2" },
        { "object in a static", "class A { public static readonly List<int> X = new() { § }; } It(Timer(() => Use(A.X)));", "1", "2" },
        { "constant", "class A { public const int X = §; } It(Timer(() => Use(A.X)));", "1", "2" },
        { "constant of the script", "const string x = \"§\"; It(Timer(() => Use(x)));", "a", "b" },
        { "value of an enumeration", "enum E { A = § } It(Timer(() => Use((int)E.A)));", "1", "2" },
        { "name in an enumeration", "enum E { § } It(Timer(() => Use(default(E).ToString())));", "A", "B" },
        { "default of a parameter", "int F(int x = §) => x; It(Timer(() => Use(F())));", "1", "2" },
        { "elements of an array", "It(Timer(() => Use(new[] { 1, 2, 3, 4, § })));", "5", "6" },
        { "bytes of a text", "It(Timer(() => Use(\"abc§\"u8.ToArray())));", "d", "e" },
        { "zero and minus zero", "It(Timer(() => Use(§)));", "0.0", "-0.0" },
        { "digits of a decimal", "It(Timer(() => Use(§)));", "1.0m", "1.00m" },
        { "format", "var x = 1; It(Timer(() => Use($\"{x:§}\")));", "N1", "N2" },
        { "case of a switch", "var x = \"\"; It(Timer(() => Use(x switch { \"a\" => 1, \"§\" => 2, \"c\" => 3, \"d\" => 4, \"e\" => 5, \"f\" => 6, \"g\" => 7, _ => 8 })));", "b", "z" },
        { "catch filter", "It(Timer(() => { try { Use(1); } catch (Exception e) when (e.Message == \"§\") { } }));", "a", "b" },
        { "caught type", "It(Timer(() => { try { Use(1); } catch (§) { } }));", "IOException", "FormatException" },
        { "overflow", "var x = 1; It(Timer(() => Use(§(x + 1))));", "checked", "unchecked" },

        // Types.
        { "base class", "class A : Service { public virtual int F() => §; } class B : A; It(new B());", "1", "2" },
        { "base of a base class", "class A { public int F() => §; } class B : A; class C : B; It(new Holder(new C()));", "1", "2" },
        { "argument of a base class", "class A(int x) : Service { public int X => x; } class B() : A(§); It(new B());", "1", "2" },
        { "override behind a base class", "abstract class A { public abstract int F(); } class B : A { public override int F() => §; } It(Timer(() => { A a = new B(); Use(a.F()); }));", "1", "2" },
        { "default of an interface", "interface I { int F() => §; } class A : I; It(Timer(() => Use(((I)new A()).F())));", "1", "2" },
        { "explicit implementation", "interface I { int F(); } class A : I { int I.F() => §; } It(Timer(() => Use(((I)new A()).F())));", "1", "2" },
        { "static member of an interface", "interface I { static abstract int F(); } class A : I { public static int F() => §; } int G<T>() where T : I => T.F(); It(Timer(() => Use(G<A>())));", "1", "2" },
        { "added interface", "interface I; class A§; It(new Holder(new A()));", "", " : I" },
        { "hidden member", "class A { public virtual int F() => 1; } class B : A { public § int F() => 2; } It(new Holder(new B()));", "override", "new" },
        { "member of a record", "record A(int X) { public override string ToString() => \"§\"; } It(new Holder(new A(1)));", "a", "b" },
        { "code of a structure", "struct A { public int X; public override string ToString() => \"§\"; } It(new Holder(new A()));", "a", "b" },
        { "another structure", "struct A { public int X; } struct B { public int X; } It(new Holder(new §()));", "A", "B" },
        { "static of a structure", "struct A { public static int S; public int X => S; } A.S = §; It(new Holder(new A()));", "1", "2" },
        { "layout", "[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)] struct A { [System.Runtime.InteropServices.FieldOffset(§)] public int X; } It(Timer(() => Use(new A())));", "0", "4" },
        { "attribute", "class M(int x) : Attribute { public int X => x; } [M(§)] class A : Service; It(new A());", "1", "2" },
        { "attribute of a method", "class A : Service { [Obsolete(\"§\")] public void F() { } } It(new A());", "a", "b" },
        { "attribute of a parameter", "class A : Service { public void F([System.ComponentModel.Description(\"§\")] int x) { } } It(new A());", "a", "b" },
        { "attribute of a value", "enum E { [System.ComponentModel.Description(\"§\")] A } It(new Holder(E.A));", "a", "b" },
        { "type in an attribute", "class M(Type x) : Attribute { public Type X => x; } class B { int F() => §; } [M(typeof(B))] class A : Service; It(new A());", "1", "2" },
        { "code of an attribute", "class M : Attribute { public int X => §; } [M] class A : Service; It(new A());", "1", "2" },
        { "type that is only named", "class A { int F() => §; } It(Timer(() => Use(typeof(A))));", "1", "2" },
        { "type argument", "It(Timer(() => Use(new List<§>())));", "int", "long" },
        { "type argument of a method", "string F<T>() => typeof(T).Name; It(Timer(() => Use(F<§>())));", "int", "long" },
        { "class as a type argument", "class A { public int X => §; } It(new Holder(new List<A>()));", "1", "2" },
        { "class as an argument of a method", "class A { public A() { Console.Write(§); } } T Make<T>() where T : new() => new T(); It(Timer(() => Use(Make<A>())));", "1", "2" },
        { "generic class", "class A<T> { public int F() => §; } It(new Holder(new A<string>()));", "1", "2" },
        { "constraint", "class A<T> where T : §; It(new Holder(new A<string>()));", "class", "IComparable" },
        { "base class with a type argument", "class A<T> : Service; class B : A<§>; It(new B());", "int", "long" },
        { "class derived from a simple value", "class A(string t, int x) : Uri(t) { public int X => x; } It(new Holder(new A(\"http://localhost\", §)));", "1", "2" },

        // Objects.
        { "exchanged references", "var a = new Holder(1); var b = new Holder(2); Add(a, \"a\"); Add(b, \"b\"); It(new Holder(§));", "a", "b" },
        { "shape of an array", "It(new Holder(new int[§]));", "2, 3", "3, 2" },
        { "values of a name collection", "It(new Holder(new System.Collections.Specialized.NameValueCollection { [\"a\"] = \"§\" }));", "1", "2" },
        { "bound of a collection", "It(new Holder(new System.Collections.Concurrent.BlockingCollection<int>(§)));", "1", "2" },
        { "function in a collection", "var l = new System.Collections.ObjectModel.ObservableCollection<int>(); l.CollectionChanged += (_, _) => Use(§); It(new Holder(l));", "1", "2" },
        { "comparer behind a wrapper", "It(new Holder(new System.Collections.ObjectModel.ReadOnlyDictionary<string, int>(new Dictionary<string, int>(StringComparer.§))));", "Ordinal", "OrdinalIgnoreCase" },
        { "comparer of a table", "It(new Holder(new System.Collections.Hashtable(StringComparer.§)));", "Ordinal", "OrdinalIgnoreCase" },
        { "replacement in an encoding", "It(new Holder(Encoding.GetEncoding(\"us-ascii\", new EncoderReplacementFallback(\"§\"), DecoderFallback.ReplacementFallback)));", "?", "!" },
        { "format of a culture", "var c = new System.Globalization.CultureInfo(\"de\"); c.NumberFormat.NumberDecimalSeparator = \"§\"; It(new Holder(c));", ",", "." },
        { "options of an expression", "It(new Holder(new System.Text.RegularExpressions.Regex(\"a\", System.Text.RegularExpressions.RegexOptions.§)));", "None", "IgnoreCase" },
        { "kind of a time", "It(new Holder(new DateTime(1, DateTimeKind.§)));", "Utc", "Unspecified" },
        { "tuple", "It(new Holder((1, (\"a\", §))));", "1", "2" },
        { "anonymous type", "It(new Holder(new { X = 1, Y = new { Z = § } }));", "1", "2" },
        { "name in an anonymous type", "It(new Holder(new { § = 1 }));", "X", "Y" },
        { "type of a number", "It(new Holder(§));", "1", "1L" },
    };

    /// <summary>An edit that concerns nothing of the service, the text around it, and what stands in place of § before and after it.</summary>
    public static TheoryData<string, string, string, string> OtherEdits => new()
    {
        { "lambda in front", "§ It(Timer(() => Use(1)));", "", "Use((Action)(() => Use(0)));" },
        { "asynchronous lambda in front", "§ It(new TimerService(TimeSpan.FromHours(1), async () => { await Task.Yield(); Use(1); }));", "", "Use((Func<Task>)(async () => await Task.Yield()));" },
        { "iterator in front", "§ IEnumerable<int> F() { yield return 1; } It(Timer(() => Use(F())));", "", "IEnumerable<int> E() { yield return 0; }" },
        { "local function in front", "void F() { § G(); void G() => Use(1); } void H() => Use(2); It(Timer(H));", "", "E(); void E() => Use(0);" },
        { "dynamic call in front", "It(Timer(() => { dynamic a = \"\"; Use(a.Trim()); })); Use((Action)(() => { § }));", "", "dynamic b = 1; Use(b.X());" },
        { "dynamic call beside", "§ It(Timer(() => { dynamic a = \"\"; Use(a.Trim()); }));", "", "dynamic b = 1; Use((Action)(() => Use(b.X())));" },
        { "class in front", "§ class B { public int F() => 1; } It(new Holder(new B()));", "", "class A { public int F() => 0; }" },
        { "order of classes", "§ It(new Holder(new B()));", "class A; class B;", "class B; class A;" },
        { "function that is not called", "int F() => §; int G() => 1; It(Timer(() => Use(G())));", "1", "2" },
        { "member of a class that is not used", "class A { public static int F() => §; } class B { public int G() => 1; } It(new Holder(new B()));", "1", "2" },
        { "variable that is not used", "var x = §; It(Timer(() => Use(1)));", "1", "2" },
        { "new variable", "§ var y = 1; It(Timer(() => Use(y)));", "", "var x = 0;" },
        { "captured beside", "{ var x = §; var y = 1; Use((Action)(() => Use(x))); It(Timer(() => Use(y))); }", "1", "2" },
        { "newly captured beside", "{ var x = 1; var y = 1; § It(Timer(() => Use(y))); }", "", "Use((Action)(() => Use(x)));" },
        { "newly captured beside two blocks", "{ var x = 1; { var y = 1; var z = 1; § It(Timer(() => Use(x + y))); } }", "", "Use((Action)(() => Use(z)));" },
        { "text elsewhere", "Use(\"§\"); It(Timer(() => Use(\"a\")));", "b", "c" },
        { "array elsewhere", "Use(new[] { 1, 2, 3, § }); It(Timer(() => Use(new[] { 1, 2, 3, 6 })));", "4", "5" },
        { "bytes elsewhere", "Use(\"a§\"u8.ToArray()); It(Timer(() => Use(\"abc\"u8.ToArray())));", "b", "bcd" },
        { "switch over texts elsewhere", "int F(string s) => s switch { § _ => 0 }; int G(string s) => s switch { \"a\" => 1, \"b\" => 2, \"c\" => 3, \"d\" => 4, \"e\" => 5, \"f\" => 6, \"g\" => 7, _ => 8 }; It(Timer(() => Use(G(\"\"))));", "", "\"h\" => 1, \"i\" => 2, \"j\" => 3, \"k\" => 4, \"l\" => 5, \"m\" => 6, \"n\" => 7," },
        { "collection expression elsewhere", "§ IReadOnlyList<int> G() => [1, 2]; It(Timer(() => Use(G())));", "", "IReadOnlyList<string> F() => [\"\"]; IReadOnlyList<int> E() => [..new[] { 1 }, 3];" },
        { "anonymous type in front", "§ It(new Holder(new { X = 1 }));", "", "Use(new { Y = 1 });" },
        { "shared method group", "class A { public static int F() => 1; } Use((Action)(() => { Func<int> f = A.F; Use(§); })); It(Timer(() => { Func<int> f = A.F; Use(f); }));", "1", "2" },
        { "two services with one method group", "class A { public static int F() => 1; } Add(Timer(() => { Func<int> f = A.F; Use(§); }), \"other\"); It(Timer(() => { Func<int> f = A.F; Use(f); }));", "1", "2" },
        { "two services with cached lambdas", "Add(Timer(() => { Func<int> f = static () => §; Use(f); }), \"other\"); It(Timer(() => { Func<int> f = static () => 1; Use(f); }));", "1", "2" },
        { "two services with dynamic calls", "Add(Timer(() => { dynamic a = §; Use(a.X()); }), \"other\"); It(Timer(() => { dynamic a = \"\"; Use(a.Trim()); }));", "1", "2" },
        { "service beside in the same block", "{ var x = §; var y = 1; Add(Timer(() => Use(x)), \"other\"); It(Timer(() => Use(y))); }", "1", "2" },
        { "nameof", "var x = 1; It(Timer(() => Use(§)));", "\"x\"", "nameof(x)" },
        { "computed constant", "It(Timer(() => Use(§)));", "6", "2 * 3" },
        { "form of a type", "It(Timer(() => { § x = 1; Use(x); }));", "int", "var" },
        { "form of a body", "It(Timer(() => §));", "Use(1)", "{ Use(1); }" },
        { "name of a parameter of a lambda", "Func<int, int> f = § => 1; It(Timer(() => Use(f(1))));", "x", "y" },
        { "name of a local", "It(Timer(() => { var § = Console.Title; Use(§); Use(§); }));", "x", "y" },
        { "structure", "struct A { public int X; } class B { public int F() => §; } It(new Holder(new A()));", "1", "2" },
        { "wrapper", "It(new Holder(new List<int> { 1 }.AsReadOnly())); Use(§);", "1", "2" },
        { "encoding", "It(new Holder(new UTF8Encoding(false))); Use(§);", "1", "2" },
        { "culture", "It(new Holder(new System.Globalization.CultureInfo(\"de\"))); Use(§);", "1", "2" },
        { "table", "It(new Holder(new System.Collections.Hashtable { [\"a\"] = 1 })); Use(§);", "1", "2" },
        { "keys of a dictionary", "It(new Holder(new Dictionary<string, int> { [\"a\"] = 1 }.Keys)); Use(§);", "1", "2" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task Plan_OfAHiddenEdit_ReplacesTheService(string edit, string text, string before, string after)
    {
        var plan = await PlanAsync(text, before, after);
        Assert.True(plan.Contains("\n~ it: ", StringComparison.Ordinal), $"{edit}:\n{plan}");
        Assert.StartsWith("= bystander\n", plan, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task Plan_OfAHiddenEditThatIsNotMade_KeepsTheService(string edit, string text, string before, string after)
    {
        // A line in front makes another compilation, with other names for what the compiler makes.
        var plan = await PlanAsync("§" + text.Replace("§", after, StringComparison.Ordinal), "", $"Use((Action)(() => Use({before.Length}))); ");
        Assert.True(plan.EndsWith("\n= it", StringComparison.Ordinal) || edit == "static of a generic class", $"{edit}:\n{plan}");
    }

    [Theory]
    [MemberData(nameof(OtherEdits))]
    public async Task Plan_OfAnEditElsewhere_KeepsTheService(string edit, string text, string before, string after)
    {
        var plan = await PlanAsync(text, before, after);
        Assert.True(plan.EndsWith("\n= it", StringComparison.Ordinal), $"{edit}:\n{plan}");
        Assert.StartsWith("= bystander\n", plan, StringComparison.Ordinal);
    }

    private static async Task<string> PlanAsync(string text, string before, string after) =>
        (await TacChange.MakeAsync(Before + text.Replace("§", before, StringComparison.Ordinal), Before + text.Replace("§", after, StringComparison.Ordinal))).Plan;
}
