using System.Reflection;

namespace TacHost.Tests.Scripting.Prints;

public sealed class CodePrintsTests
{
    /// <summary>Edits behind something that a service holds: what holds it has not been touched itself.</summary>
    public static TheoryData<string, string, string> Changes => new()
    {
        { "lambda", "Probe(() => 1);", "Probe(() => 2);" },
        { "text in a lambda", "Probe(() => \"a\");", "Probe(() => \"b\");" },
        { "callee", "int F() => 1; Probe(() => F());", "int F() => 2; Probe(() => F());" },
        { "callee of a callee", "int G() => 1; int F() => G(); Probe(() => F());", "int G() => 2; int F() => G(); Probe(() => F());" },
        { "lambda in a lambda", "Probe(() => ((Func<int>)(() => 1))());", "Probe(() => ((Func<int>)(() => 2))());" },
        { "lambda that is passed on", "Probe(() => new[] { 1 }.Select(x => x + 1).Sum());", "Probe(() => new[] { 1 }.Select(x => x + 2).Sum());" },
        { "method group", "static int F() => 1; Probe((Func<int>)F);", "static int F() => 2; Probe((Func<int>)F);" },
        { "method group in a lambda", "static int F(int x) => 1; Probe(() => new[] { 1 }.Select(F).Sum());", "static int F(int x) => 2; Probe(() => new[] { 1 }.Select(F).Sum());" },
        { "recursion", "int F(int x) => x > 0 ? F(x - 1) : 1; Probe(() => F(3));", "int F(int x) => x > 0 ? F(x - 1) : 2; Probe(() => F(3));" },
        { "recursion over two", "int F(int x) => x > 0 ? G(x - 1) : 1; int G(int x) => x > 0 ? F(x - 1) : 5; Probe(() => F(3));", "int F(int x) => x > 0 ? G(x - 1) : 1; int G(int x) => x > 0 ? F(x - 1) : 6; Probe(() => F(3));" },
        { "exchanged callees", "int F() => 1; int G() => 2; Probe(() => F() - G());", "int F() => 1; int G() => 2; Probe(() => G() - F());" },
        { "exchanged bodies", "int F() => 1; int G() => 2; Probe(() => F() - G());", "int F() => 2; int G() => 1; Probe(() => F() - G());" },
        { "exchanged lambdas", "Probe(() => { Func<int> f = () => 1, g = () => 2; return f() - g(); });", "Probe(() => { Func<int> f = () => 2, g = () => 1; return f() - g(); });" },
        { "local function", "Probe(() => { int F() => 1; return F(); });", "Probe(() => { int F() => 2; return F(); });" },
        { "other captured variable", "var a = 1; var b = 1; Probe(() => a);", "var a = 1; var b = 1; Probe(() => b);" },
        { "other captured local", "{ var a = 1; var b = 1; a++; b++; Probe(() => a); }", "{ var a = 1; var b = 1; a++; b++; Probe(() => b); }" },
        { "async lambda", "Probe(async () => { await Task.Yield(); return 1; });", "Probe(async () => { await Task.Yield(); return 2; });" },
        { "order in an async lambda", "Probe(async () => { var a = 1; var b = 2; await Task.Yield(); return a - b; });", "Probe(async () => { var a = 1; var b = 2; await Task.Yield(); return b - a; });" },
        { "iterator", "IEnumerable<int> F() { yield return 1; } Probe(() => F());", "IEnumerable<int> F() { yield return 2; } Probe(() => F());" },
        { "method of a class", "class C { int F() => 1; } Probe(new C());", "class C { int F() => 2; } Probe(new C());" },
        { "class behind a lambda", "class C { public int F() => 1; } Probe(() => new C().F());", "class C { public int F() => 2; } Probe(() => new C().F());" },
        { "virtual method behind a lambda", "class B { public virtual int F() => 0; } class C : B { public override int F() => 1; } Probe(() => ((B)new C()).F());", "class B { public virtual int F() => 0; } class C : B { public override int F() => 2; } Probe(() => ((B)new C()).F());" },
        { "base class", "class B { protected int F() => 1; } class C : B { } Probe(new C());", "class B { protected int F() => 2; } class C : B { } Probe(new C());" },
        { "default method of an interface", "interface I { int F() => 1; } class C : I { } Probe(new C());", "interface I { int F() => 2; } class C : I { } Probe(new C());" },
        { "explicit implementation", "interface I { int F(); int G(); } class C : I { int I.F() => 1; int I.G() => 2; } Probe(new C());", "interface I { int F(); int G(); } class C : I { int I.F() => 2; int I.G() => 1; } Probe(new C());" },
        { "interface added", "class C { } Probe(new C());", "class C : ICloneable { object ICloneable.Clone() => this; } Probe(new C());" },
        { "field added", "class C { } Probe(new C());", "class C { int _x = 0; } Probe(new C());" },
        { "type of a field", "class C { public int X; } Probe(new C());", "class C { public long X; } Probe(new C());" },
        { "constant", "class K { public const int X = 1; } Probe(() => K.X);", "class K { public const int X = 2; } Probe(() => K.X);" },
        { "enum", "enum E { A, B } Probe(() => E.A.ToString());", "enum E { B, A } Probe(() => E.A.ToString());" },
        { "static initializer", "class S { public static int X = 1; } Probe(() => S.X);", "class S { public static int X = 2; } Probe(() => S.X);" },
        { "default argument", "int F(int x = 1) => x; Probe(() => F());", "int F(int x = 2) => x; Probe(() => F());" },
        { "type argument", "Probe(() => new List<int>());", "Probe(() => new List<long>());" },
        { "type argument of a method", "T F<T>() => default(T); Probe(() => F<int>().ToString());", "T F<T>() => default(T); Probe(() => F<long>().ToString());" },
        { "generic class", "class G<T> { public int F() => 1; } Probe(() => new G<int>().F());", "class G<T> { public int F() => 2; } Probe(() => new G<int>().F());" },
        { "lambda in a generic method", "Func<T> F<T>(T x) => () => x; Probe(() => F(1)());", "Func<T> F<T>(T x) => () => default(T); Probe(() => F(1)());" },
        { "constraint", "class G<T> { } Probe(new G<object>());", "class G<T> where T : class { } Probe(new G<object>());" },
        { "type argument that is a class", "class C { int F() => 1; } Probe(() => new List<C>());", "class C { int F() => 2; } Probe(() => new List<C>());" },
        { "typeof only", "class C { int F() => 1; } Probe(() => typeof(C));", "class C { int F() => 2; } Probe(() => typeof(C));" },
        { "cast only", "class C { int F() => 1; } Probe((object o) => o is C);", "class C { int F() => 2; } Probe((object o) => o is C);" },
        { "array data", "Probe(() => new[] { 1, 2, 3, 4, 5 });", "Probe(() => new[] { 1, 2, 3, 4, 6 });" },
        { "text data", "Probe(() => \"abc\"u8.ToArray());", "Probe(() => \"abd\"u8.ToArray());" },
        { "switch over numbers", "Probe((int x) => x switch { 0 => 5, 1 => 6, 2 => 7, 3 => 9, _ => 8 });", "Probe((int x) => x switch { 0 => 5, 1 => 7, 2 => 6, 3 => 9, _ => 8 });" },
        { "switch over texts", "Probe((string x) => x switch { \"a\" => 1, \"b\" => 2, \"c\" => 3, \"d\" => 4, \"e\" => 5, \"f\" => 6, \"g\" => 7, _ => 0 });", "Probe((string x) => x switch { \"a\" => 1, \"b\" => 2, \"c\" => 3, \"d\" => 4, \"e\" => 5, \"f\" => 6, \"h\" => 7, _ => 0 });" },
        { "attribute of a class", "[Obsolete(\"a\")] class C { } Probe(new C());", "[Obsolete(\"b\")] class C { } Probe(new C());" },
        { "attribute of a member", "class C { [System.ComponentModel.Description(\"a\")] public int X { get; set; } } Probe(new C());", "class C { [System.ComponentModel.Description(\"b\")] public int X { get; set; } } Probe(new C());" },
        { "attribute of a parameter", "class C { public void F([System.ComponentModel.Description(\"a\")] int x) { } } Probe(new C());", "class C { public void F([System.ComponentModel.Description(\"b\")] int x) { } } Probe(new C());" },
        { "type in an attribute", "class K { int F() => 1; } [System.ComponentModel.TypeConverter(typeof(K))] class C { } Probe(new C());", "class K { int F() => 2; } [System.ComponentModel.TypeConverter(typeof(K))] class C { } Probe(new C());" },
        { "code of an attribute", "class A : Attribute { public int F() => 1; } [A] class C { } Probe(new C());", "class A : Attribute { public int F() => 2; } [A] class C { } Probe(new C());" },
        { "caught type", "Probe(() => { try { return 1; } catch (IOException) { return 2; } });", "Probe(() => { try { return 1; } catch (ArgumentException) { return 2; } });" },
        { "catch filter", "Probe(() => { try { return 1; } catch (Exception e) when (e.Message == \"a\") { return 2; } });", "Probe(() => { try { return 1; } catch (Exception e) when (e.Message == \"b\") { return 2; } });" },
        { "extension", "static int F(this int x) => 1; Probe(() => 5.F());", "static int F(this int x) => 2; Probe(() => 5.F());" },
        { "anonymous type", "Probe(() => new { A = 1 });", "Probe(() => new { B = 1 });" },
        { "record", "record R(int A, int B); Probe(() => new R(1, 2));", "record R(int B, int A); Probe(() => new R(1, 2));" },
        { "overload", "int F(object x) => 1; int F(string x) => 2; Probe(() => F((object)\"\"));", "int F(object x) => 1; int F(string x) => 2; Probe(() => F(\"\"));" },
        { "type of a local", "Probe(() => { checked { int x = 5; return x + 1; } });", "Probe(() => { unchecked { int x = 5; return x + 1; } });" },
        { "call from far away", "int A() => 1; int B() => A(); int C() => B(); int D() => C(); class K { public Func<int> F; } Probe(() => new K { F = D }.F());", "int A() => 2; int B() => A(); int C() => B(); int D() => C(); class K { public Func<int> F; } Probe(() => new K { F = D }.F());" },
    };

    /// <summary>Edits that change nothing of what is held.</summary>
    public static TheoryData<string, string, string> Same => new()
    {
        { "nothing", "Probe(() => 1);", "Probe(() => 1);" },
        { "comment and layout", "int F() => 1; Probe(() => F());", "// here\nint F()\n{\n    return 1; // so\n}\n\nProbe( () => F() );" },
        { "lambda in front", "Probe(() => 1);", "Func<int> f = () => 7; Probe(() => 1);" },
        { "lambda with a variable in front", "var x = 1; Probe(() => x);", "var y = 2; var x = 1; Func<int> f = () => y; Probe(() => x);" },
        { "closure in front", "{ var x = 1; x++; Probe(() => x); }", "{ var z = 1; z++; Func<int> f = () => z; } { var x = 1; x++; Probe(() => x); }" },
        { "async lambda in front", "Probe(async () => await Task.Delay(1));", "Func<Task> f = async () => await Task.Delay(2); Probe(async () => await Task.Delay(1));" },
        { "anonymous type in front", "Probe(() => new { A = 1 });", "var o = new { B = 1 }; Probe(() => new { A = 1 });" },
        { "local function in front", "Probe(() => { int F() => 1; return F(); });", "Func<int> f = () => { int F() => 7; return F(); }; Probe(() => { int F() => 1; return F(); });" },
        { "method group in front", "static int F(int x) => 1; Probe(() => new[] { 1 }.Select(F).Sum());", "static int F(int x) => 1; static int G(int x) => 2; var y = new[] { 1 }.Select(G).Sum(); Probe(() => new[] { 1 }.Select(F).Sum());" },
        { "name of a local", "Probe(() => { var a = new List<int>(); a.Add(1); return a; });", "Probe(() => { var b = new List<int>(); b.Add(1); return b; });" },
        { "name of a local of an async lambda", "Probe(async () => { var a = 1; await Task.Yield(); return a; });", "Probe(async () => { var b = 1; await Task.Yield(); return b; });" },
        { "name of a lambda's parameter", "Probe((int a) => a);", "Probe((int b) => b);" },
        { "function that nobody calls", "int F() => 1; Probe(() => F());", "int G() => 3; int F() => 1; Probe(() => F());" },
        { "class that nobody uses", "class C { int F() => 1; } Probe(new C());", "class D { } class C { int F() => 1; } Probe(new C());" },
        { "order of functions", "int F() => 1; int G() => F(); Probe(() => G());", "int G() => F(); int F() => 1; Probe(() => G());" },
        { "switch over texts in front", "Probe((string x) => x switch { \"a\" => 1, \"b\" => 2, \"c\" => 3, \"d\" => 4, \"e\" => 5, \"f\" => 6, \"g\" => 7, _ => 0 });", "Func<string, int> f = (string x) => x switch { \"a\" => 1, \"b\" => 2, \"c\" => 3, \"d\" => 4, \"e\" => 5, \"f\" => 6, \"h\" => 7, _ => 0 }; Probe((string x) => x switch { \"a\" => 1, \"b\" => 2, \"c\" => 3, \"d\" => 4, \"e\" => 5, \"f\" => 6, \"g\" => 7, _ => 0 });" },
        { "value of a variable", "var x = 1; Probe(() => x);", "var x = 2; Probe(() => x);" },
        { "iterator in front", "IEnumerable<int> F() { yield return 1; } Probe(() => F());", "IEnumerable<int> G() { yield return 2; } IEnumerable<int> F() { yield return 1; } Probe(() => F());" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Of_EditBehindIt_Differs(string edit, string before, string after)
    {
        var (old, @new) = (await Script.EvaluateAsync(before), await Script.EvaluateAsync(after));
        Assert.True(old.Print.Print != @new.Print.Print, $"overlooked: {edit}");
        Assert.Equal(old.Print.Print, (await Script.EvaluateAsync(before)).Print.Print);
    }

    [Theory]
    [MemberData(nameof(Same))]
    public async Task Of_EditBesideIt_IsTheSame(string edit, string before, string after) =>
        Assert.True((await Script.EvaluateAsync(before)).Print.Print == (await Script.EvaluateAsync(after)).Print.Print, $"invented: {edit}");

    [Theory]
    [InlineData("var x = 1; Probe(() => x);", "x", "")]
    [InlineData("var x = 1; Probe(() => x++);", "x", "x")]
    [InlineData("var x = 1; Probe(() => { x = 2; });", "", "x")]
    [InlineData("var x = 1; var y = 2; int F() => x; Probe(() => F());", "x", "")]
    [InlineData("var x = 1; void F() { x++; } Probe(() => ((Action)(() => F()))());", "x", "x")]
    [InlineData("var x = 1; Probe(() => x.ToString(\"x\"));", "x", "")]
    [InlineData("var x = TimeSpan.Zero; Probe(() => x.TotalSeconds);", "x", "")]
    [InlineData("int? x = 1; Probe(() => x.HasValue);", "x", "")]
    [InlineData("var x = 1; Probe(() => Interlocked.Increment(ref x));", "x", "x")]
    [InlineData("var x = new SpinWait(); Probe(() => x.SpinOnce());", "x", "x")]
    [InlineData("{ var x = 1; x++; Probe(() => x); }", "x", "")]
    [InlineData("class S { public static int X; } Probe(() => S.X++);", "X", "X")]
    [InlineData("class S { public static int X; } class C { void F() { S.X = 1; } } Probe(new C());", "", "X")]
    [InlineData("class S { public const int X = 1; } Probe(() => S.X);", "", "")]
    [InlineData("var x = 1; Probe(async () => { await Task.Yield(); x = 2; });", "", "x")]
    [InlineData("class G<T> { public static int X; } Probe(() => G<int>.X++);", "X", "X")]
    public async Task Of_Code_SaysWhatVariablesItReadsAndWrites(string script, string reads, string writes)
    {
        var probe = await Script.EvaluateAsync(script);
        Assert.Equal(reads, Names(probe.Print.Reads));
        Assert.Equal(writes, Names(probe.Print.Writes));

        string Names(IEnumerable<CodeVariable> variables) => string.Join(' ', variables.Select(probe.NameOf).Where(name => !name.StartsWith('<')));
    }

    [Fact]
    public async Task Of_Code_NamesTheLibrariesItUses()
    {
        var probe = await Script.EvaluateAsync("int F() => new Application(\"a\").ExitCode; Probe(() => F());");
        Assert.Equal(["TacHost.Services"], probe.Print.Libraries);
    }

    [Fact]
    public async Task Of_CodeInAFileOfClasses_DiffersBehindTheOtherAssembly()
    {
        const string script = "#load \"other.cs\"\nProbe(() => new Other().F());";
        var before = await Script.EvaluateAsync(script, "public class Other { public int F() => G(); int G() => 1; public static int Count; }");
        var same = await Script.EvaluateAsync(script, "public class Other { public int F() => G(); int G() => 1; public static int Count; } public class Another { }");
        var after = await Script.EvaluateAsync(script, "public class Other { public int F() => G(); int G() => 2; public static int Count; }");
        Assert.Equal(before.Print.Print, same.Print.Print);
        Assert.NotEqual(before.Print.Print, after.Print.Print);
        Assert.Empty(before.Print.Libraries);
    }

    [Fact]
    public async Task FromBytes_OfItsBytes_IsTheSame()
    {
        var probe = await Script.EvaluateAsync("var x = 1; int F() => new Application(\"a\").ExitCode; Probe(() => F() + x++);");
        var prints = CodePrints.FromBytes(probe.Prints.ToBytes());
        Assert.Equal(probe.Prints.Count, prints.Count);
        Assert.Equivalent(probe.Print, prints.Of(probe.Member), strict: true);
    }

    /// <summary>What a script gave to its one probe.</summary>
    private sealed record Script(CodePrints Prints, MemberInfo Member)
    {
        private const string Prelude = """
            class ProbeService(object value) : Service { public object Value => value; }
            var application = new Application("probe");
            void Probe(object value) => application.AddService(new ProbeService(value));

            """;

        public CodePrint Print => Prints.Of(Member)!;

        public static async Task<Script> EvaluateAsync(string text, string? other = null)
        {
            var directive = text.StartsWith('#') ? text.IndexOf('\n', StringComparison.Ordinal) + 1 : 0;
            var source = TacOf.Text(text[..directive] + Prelude + text[directive..], ("other.cs", other));
            var service = (await source.BuildAsync()).First();
            var value = service.GetType().GetProperty("Value")!.GetValue(service)!;
            return new Script(source.Prints, value is Delegate function ? function.Method : value.GetType());
        }

        public string NameOf(CodeVariable variable) => Member.Module.ResolveField(variable.Token)!.Name;
    }
}
