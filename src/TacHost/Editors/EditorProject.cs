using System.Xml.Linq;
using TacHost.Packages;
using TacHost.Scripting;

namespace TacHost.Editors;

/// <summary>The project of a tac file for editors, which know programs and projects, but not tac files.</summary>
internal static class EditorProject
{
    private const string NewestVersion = "*", WebFramework = "Microsoft.AspNetCore.App";

    /// <summary>Returns the properties and references of all projects in a directory.</summary>
    public static string Common()
    {
        XElement properties = new(
            "PropertyGroup",
            new XElement("TargetFramework", $"net{Environment.Version.Major}.0"),
            new XElement("OutputType", "Exe"),
            new XElement("LangVersion", "14"),
            new XElement("Nullable", "annotations"),
            new XElement("ImplicitUsings", "enable"),
            new XElement("AllowUnsafeBlocks", "true"),
            new XElement("EnableDefaultItems", "false"),

            // The compiler accepts '#:' directives in a project only with this feature.
            new XElement("Features", "$(Features);FileBasedProgram"),
            new XElement("TacProgram", "true"),

            // A tac file may have the name of a package or a library.
            new XElement("PackageId", "tac.$(MSBuildProjectName)"),
            new XElement("AssemblyName", "tac.$(MSBuildProjectName)"),
            new XElement("NoWarn", "$(NoWarn);CS1701;CS1702;CA1416"),
            new XElement("BaseIntermediateOutputPath", "$(MSBuildThisFileDirectory)obj/$(MSBuildProjectName)/"),
            new XElement("BaseOutputPath", "$(MSBuildThisFileDirectory)bin/$(MSBuildProjectName)/"),

            // The files of a repository around the tac files are for other projects.
            new XElement("ImportDirectoryBuildTargets", "false"),
            new XElement("ImportDirectoryPackagesProps", "false"));
        return Text(
            new XElement("Import", new XAttribute("Project", $"{Installation.HostDirectory}build/TacHost.Services.props")),
            properties,
            new XElement("ItemGroup", Item("Reference", $"{Installation.HostDirectory}TacHost.Services.dll"), Item("Reference", $"{Installation.HostDirectory}Microsoft.Extensions.*.dll")));
    }

    /// <summary>Returns the project of a tac file. If the file cannot be read as a tac file, the project has the file alone.</summary>
    public static string Make(string tac, ReferenceSearch search)
    {
        List<XElement> items = [Item("Compile", $"../{Path.GetFileName(tac)}")];
        try
        {
            var sources = TacSources.Read(tac);
            items.AddRange(sources.Files.Keys.Where(file => file != sources.Main.Path && file.EndsWith(ProgramDirectives.Extension, StringComparison.Ordinal)).Select(file => Item("Compile", file)));
            items.AddRange((sources.Directives?.Imports ?? []).Select(name => Item("Using", name)));
            List<string> libraries = [.. sources.References.Select(search.Find).OfType<string>().Distinct()];
            items.AddRange(libraries.Where(path => !ReferenceSearch.IsOfAFramework(path)).Select(path => Item("Reference", path)));
            if (libraries.Any(DefaultReferences.IsBuiltOnAspNetCore))
                items.Add(Item("FrameworkReference", WebFramework));
            items.AddRange(sources.Packages.Select(ItemOf));
            if (sources.PackageSources.Count > 0)
                return Text(Sdk, new XElement("PropertyGroup", new XElement("RestoreAdditionalProjectSources", string.Join(';', sources.PackageSources))), new XElement("ItemGroup", items));
        }
        catch (TacHostException e)
        {
            return Text(Sdk, new XComment($" {e.Message.Replace("--", "- -", StringComparison.Ordinal)} "), new XElement("ItemGroup", items));
        }

        return Text(Sdk, new XElement("ItemGroup", items));
    }

    private static XAttribute Sdk => new("Sdk", "Microsoft.NET.Sdk");

    private static XElement ItemOf(PackageDirective package) => new("PackageReference", new XAttribute("Include", package.Id), new XAttribute("Version", package.Version ?? NewestVersion));

    private static XElement Item(string kind, string include) => new(kind, new XAttribute("Include", include));

    private static string Text(params object[] content) => new XElement("Project", [.. content.OfType<XAttribute>(), new XComment($" {EditorFiles.Mark}. "), .. content.Where(each => each is not XAttribute)]) + "\n";
}
