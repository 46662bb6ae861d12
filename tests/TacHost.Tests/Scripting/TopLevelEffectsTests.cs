namespace TacHost.Tests.Scripting;

public sealed class TopLevelEffectsTests
{
    [Theory]
    [InlineData("Environment.CurrentDirectory = \"/\";", "(1,1) sets 'Environment.CurrentDirectory'")]
    [InlineData("System.Globalization.CultureInfo.DefaultThreadCurrentCulture = null;", "(1,1) sets 'CultureInfo.DefaultThreadCurrentCulture'")]
    [InlineData("Environment.SetEnvironmentVariable(\"TACHOST_NONE\", null);", "(1,1) calls 'Environment.SetEnvironmentVariable'")]
    [InlineData("Thread.CurrentThread.CurrentCulture = System.Globalization.CultureInfo.InvariantCulture;", "(1,1) sets 'Thread.CurrentCulture'")]
    [InlineData("using static System.Environment;\nExitCode = 0;", "(2,1) sets 'Environment.ExitCode'")]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += (_, _) => { };", "(1,1) subscribes to 'AppDomain.ProcessExit'")]
    [InlineData("void F() { G(); }\nvoid G() => Environment.ExitCode = 0;\nF();", "(2,13) sets 'Environment.ExitCode'")]
    [InlineData("class C { public C() { Environment.ExitCode = 0; } }\nvar c = new C();", "(1,24) sets 'Environment.ExitCode'")]
    [InlineData("var f = () => { Environment.ExitCode = 1; };\nf();", "(1,17) sets 'Environment.ExitCode'")]
    [InlineData("Action f = delegate { Environment.ExitCode = 1; };\nf.Invoke();", "(1,23) sets 'Environment.ExitCode'")]
    [InlineData("class C(int x) { int _x = Environment.ExitCode = x; }\nvar c = new C(1);", "(1,27) sets 'Environment.ExitCode'")]
    [InlineData("class C(int x) { public int X { get; } = Environment.ExitCode = x; }\nvar c = new C(1);", "(1,42) sets 'Environment.ExitCode'")]
    [InlineData("var x = Environment.ExitCode = 0;", "(1,9) sets 'Environment.ExitCode'")]
    [InlineData("if (DateTime.Now.Year > 1) { Environment.ExitCode++; }", "(1,30) sets 'Environment.ExitCode'")]
    public void Of_ChangeOfTheProcess_IsFoundWithItsPlace(string text, string expected) => Assert.EndsWith(expected, Assert.Single(EffectsOf(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("class S { public static int X; }\nS.X = 1;")]
    [InlineData("var x = 1; x = 2; var a = new int[1]; a[0] = 1;")]
    [InlineData("var f = () => { Environment.ExitCode = 1; };")]
    [InlineData("var f = () => { Environment.ExitCode = 1; };\nvar g = f;")]
    [InlineData("void F() => Environment.ExitCode = 1;")]
    [InlineData("class C : Service { protected override Task OnStartAsync(CancellationToken c) { Environment.ExitCode = 0; return Task.CompletedTask; } }\nvar c = new C();")]
    [InlineData("class C(int x) : Service { protected override Task OnStartAsync(CancellationToken c) { Environment.ExitCode = x; return Task.CompletedTask; } }\nvar c = new C(1);")]
    [InlineData("var e = new Application(\"b\"); e.ExitCode = 0;")]
    [InlineData("var text = new StringBuilder { Length = 0 };")]
    public void Of_ChangeOfTheTreeOrOfTheTac_IsNotFound(string text) => Assert.Empty(EffectsOf(text));

    private const string Types = "\nclass C { public C() => G(); static void G() => Environment.ExitCode = 0; }\nstatic class S { public static int X; public static void F<T>(List<T> list) => Environment.ExitCode = 1; }";

    [Theory]
    [InlineData("new C();", ".cs(3,49) sets 'Environment.ExitCode'")]
    [InlineData("S.F(new List<int>());", ".cs(4,80) sets 'Environment.ExitCode'")]
    [InlineData("S.X = 1;", null)]
    [InlineData("", null)]
    public void Of_ATypeOfAFileBasedProgram_IsSearchedIfItIsCalled(string text, string? expected)
    {
        var found = TacOf.Program($"{text}\nvar application = new Application(\"a\");{Types}").Effects;
        if (expected is null)
            Assert.Empty(found);
        else
            Assert.EndsWith(expected, Assert.Single(found), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AnOrdinaryFile_IsSearchedIfItIsCalled()
    {
        const string model = "namespace Model;\npublic static class S\n{\n    public static void F() => Environment.ExitCode = 1;\n}";
        var found = TacOf.Text("#load \"Model.cs\"\nModel.S.F();\nvar application = new Application(\"a\");", ("Model.cs", model)).Effects;
        Assert.EndsWith("/Model.cs(4,31) sets 'Environment.ExitCode'", Assert.Single(found), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> EffectsOf(string text) => TacOf.Text($"{text}\nvar application = new Application(\"a\");").Effects;
}
